// The parameters of every file here, with sample values: paste this into Neo4j Browser once, then any file after it.
:param me => '42';
:param now => timestamp();
:param windowDays => 7;
:param historyDays => 365;
:param sensitive => false;
:param exclude => [];
:param perSource => 10;
:param limit => 10;
:param draws => [0.637, 0.2698, 0.041, 0.0165, 0.8133, 0.9128, 0.6066, 0.7295, 0.5436, 0.9351, 0.8159, 0.0027, 0.8574, 0.0336, 0.7297, 0.1757, 0.8632, 0.5415, 0.2997, 0.4227, 0.0283, 0.1243, 0.6706, 0.6472, 0.6154, 0.3837, 0.9972, 0.9808, 0.6855, 0.6505];
:param followeesGraph => 'graphfeed-followees';
:param friendsGraph => 'graphfeed-friends';
:param graphs => ['graphfeed-followees', 'graphfeed-friends'];
:param edges => 'all';
:param edgeLimit => 300;
:param version => 1;
:param ids => ['new'];
:param rows => [{line: 2, id: 'new', user: '42', post: '1', author: '42', follower: '42', followee: '1', mutedUser: '1', blocked: '1', hashtag: 'sunset', display: 'Sunset', at: 1700000000000, likeCount: null, commentCount: null, properties: {}}];
