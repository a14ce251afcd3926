// The last tuning, its results, and the profile that it chose; a row of nulls before the first
OPTIONAL MATCH (tuning:Tuning {name: 'last'})
OPTIONAL MATCH (profile:Profile {name: tuning.profile})
RETURN tuning.at AS at, tuning.profile AS profile, profile.text AS text, tuning.text AS outcome
