// Creates topics, or changes their counts; returns how many
// :param rows => head([{topics: [{id: 'topic-1', hashtags: 3, posts: 12}]}])
UNWIND $rows.topics AS row
MERGE (topic:Topic {id: row.id})
SET topic.hashtags = row.hashtags, topic.posts = row.posts
RETURN count(*) AS topics
