// Whether what is stored for me fits a clock, and what it was computed without; no row if the graph does not know me
// :param me => '42'
// :param now => timestamp()
// :param storedDays => 7
MATCH (me:User {id: $me})
RETURN coalesce($now - $storedDays * 86400000 <= me.storedAsOf <= $now + 86400000, false) AS isStored,
  me.storedWithout AS without
