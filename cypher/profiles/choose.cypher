// Records a tuning: the profile that it chose is the one that `tuned` names from now on
// :param profile => 'tuned-20240601-3f2a91'
// :param now => timestamp()
// :param outcome => '{}'
MERGE (tuning:Tuning {name: 'last'})
SET tuning.at = $now, tuning.profile = $profile, tuning.text = $outcome
RETURN tuning.profile AS profile
