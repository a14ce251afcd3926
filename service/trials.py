"""What the service tries with people: the experiment and the holdout of its settings."""

from graph.client import Client
from graph.errors import SettingsError
from graph.ranking import kept
from graph.ranking.experiments import Trials
from graph.ranking.profiles import Profile
from graph.settings import Settings


def trials_of(settings: Settings) -> Trials:
    """What is tried. Raises SettingsError for an experiment of which an arm has a profile of a file without slates."""
    trials = Trials.parse(settings.experiment, settings.holdout)
    treatment = kept.in_files(trials.experiment.profile, settings.profiles) if trials.experiment else None
    serving = kept.in_files(settings.serving, settings.profiles) if trials.experiment else None
    for chosen in (treatment, serving):
        if chosen is not None:
            _require_slates(chosen)
    return trials


def require_treatment(client: Client, settings: Settings) -> None:
    """Raise SettingsError if the profile of the experiment is neither in a file nor in the graph."""
    trials = Trials.parse(settings.experiment, settings.holdout)
    if trials.experiment:
        _require_slates(kept.find(client, trials.experiment.profile, settings.profiles))


def _require_slates(chosen: Profile) -> None:
    if chosen.ranking is None:
        raise SettingsError(
            f"The profile {chosen.name} has no slates.", "Correct GRAPHFEED_EXPERIMENT, or GRAPHFEED_PROFILE."
        )
