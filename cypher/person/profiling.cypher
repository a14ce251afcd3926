// Whether I forbid profiling; no row if I am unknown
// :param me => '42'
MATCH (me:User {id: $me})
RETURN coalesce(me.notProfiled <> false, false) AS forbidden
