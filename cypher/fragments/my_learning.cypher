// What is learned from me at $now: what I did after my last reset, without what I said not to learn from
{
  resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
  unlearns: EXISTS { (me)-[:UNLEARNED]->() }
}
