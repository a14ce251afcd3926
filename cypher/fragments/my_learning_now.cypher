// What is learned from me today, whatever $now
{
  resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() RETURN max(reset.at) }),
  unlearns: EXISTS { (me)-[:UNLEARNED]->() }
}
