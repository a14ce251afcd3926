// Whether vectors leave out any like: because it counts for its person alone, or is not learned from
RETURN EXISTS { MATCH (user:User) WHERE coalesce(user.likesForSelf <> false, false) } OR EXISTS { ()-[:RESET]->() }
  OR EXISTS { ()-[:UNLEARNED]->(:Post) } AS leaves
