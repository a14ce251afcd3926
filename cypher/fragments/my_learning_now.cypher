// What is learned from me today, whatever $now
{
  resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= timestamp() RETURN max(reset.at) }),
  unlearns: EXISTS { (me)-[:UNLEARNED]->() }
}
