"""The experiment and the holdout of the service's settings, and whether it can serve them."""

from graph.client import Client
from graph.errors import SettingsError
from graph.ranking import stored_profiles
from graph.ranking.experiments import Trials
from graph.ranking.profiles import Profile
from graph.settings import Settings


def trials_of(settings: Settings) -> Trials:
    """The trials of the settings.

    Raises SettingsError if both arms follow the tunings, or an arm has a profile of a file that draws no slates.
    """
    trials = _parsed(settings)
    treatment = stored_profiles.in_files(trials.experiment.profile, settings.profiles) if trials.experiment else None
    serving = stored_profiles.in_files(settings.serving, settings.profiles) if trials.experiment else None
    for chosen in (treatment, serving):
        if chosen is not None:
            _require_slates(chosen)
    return trials


def require_treatment(client: Client, settings: Settings) -> None:
    """Raises SettingsError if the experiment's profile is unknown, draws no slates, or is that of the other arm."""
    trials = _parsed(settings)
    if trials.experiment:
        _require_slates(stored_profiles.find(client, trials.experiment.profile, settings.profiles))


def _parsed(settings: Settings) -> Trials:
    """The trials of the settings. Raises SettingsError if both arms have the profile of the last tuning."""
    trials = Trials.parse(settings.experiment, settings.holdout)
    if trials.experiment and trials.experiment.profile == settings.serving == stored_profiles.TUNED:
        raise SettingsError(
            f"Both arms of the experiment {trials.experiment.name} would have the profile of the last tuning.",
            "Set GRAPHFEED_PROFILE to the profile of the other arm, such as default.",
        )
    return trials


def _require_slates(chosen: Profile) -> None:
    if chosen.ranking is None:
        raise SettingsError(
            f"The profile {chosen.name} has no slates.", "Correct GRAPHFEED_EXPERIMENT, or GRAPHFEED_PROFILE."
        )
