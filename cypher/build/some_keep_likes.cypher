// Whether the likes of anybody count for themselves alone
RETURN EXISTS { MATCH (user:User) WHERE coalesce(user.likesForSelf <> false, false) } AS some
