// Condition: a person's names match what is searched for; of names, which have no limit, the beginning is read
toLower(left(coalesce(toStringOrNull(person.username), ''), 200) + ' ' + left(coalesce(toStringOrNull(person.fullName), ''), 200)) =~ $search.pattern
