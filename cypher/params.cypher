// The parameters of every file here, with sample values: paste this into Neo4j Browser once, then any file after it.
// ---- A request: the person, the time, the window
:param me => '42';
:param now => timestamp();
:param windowDays => 7;
:param historyDays => 365;
:param sensitive => false;
:param exclude => [];
:param perSource => 10;
:param limit => 10;
:param draws => [0.637, 0.2698, 0.041, 0.0165, 0.8133, 0.9128, 0.6066, 0.7295, 0.5436, 0.9351, 0.8159, 0.0027, 0.8574, 0.0336, 0.7297, 0.1757, 0.8632, 0.5415, 0.2997, 0.4227, 0.0283, 0.1243, 0.6706, 0.6472, 0.6154, 0.3837, 0.9972, 0.9808, 0.6855, 0.6505];
// ---- Ranking
:param mine => head([{untimed: -4611686018427387904, newest: {at: -4611686018427387905, id: ''}, newestOfAuthors: {at: -4611686018427387905, id: ''}, near: [], hasAffinity: true, hasFastrp: true, folds: false, factors: null, factorsNorm: null, stayed: [], left: [], resetAt: null, unlearns: false}]);
:param vectors => head([{factors: 'factorsA', factorsNorm: 'factorsNormA', content: 'contentA', contentNorm: 'contentNormA', fastrp: 'fastrpA'}]);
:param request => head([{me: '42', since: null, months: [0], sensitive: false, exclude: [], servedDays: 7, minLikers: 2, seldomPosts: 2, seldomSince: timestamp() - 30 * 86400000, trendFading: 1.0, newArcs: false, limit: 60}]);
:param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}]);
:param quotas => head([{followees: 30, missed: 5, similar_posts: 240, looks_alike: 10, liked_authors: 60, liked_by_followees: 240, friends_of_friends: 10, interests: 10, new_posts: 20, trending: 10, popular: 10, newest: 0}]);
:param weights => head([{known: {lists: 0.85, factors: 2.29, fastrp: 5.35, rate: 0.66, followed: 0.39, proof: 0.22, pop: 0.02, trend: 0.5, tag: 0.08, never: -1.72, content: 12.0, recency: 1.0, affinity: 0.03, prior: 1.0, feedback: 1.0}, never: {lists: 0.69, factors: 3.85, fastrp: 5.55, rate: 0.53, followed: 1.7, proof: 0.34, pop: 0.26, trend: 0.5, tag: 0.13, never: -1.72, content: 12.0, recency: 1.0, affinity: 0.03, prior: 1.0, feedback: 1.0}}]);
:param smoothing => head([{lists: 0.3, rateLikes: 0.05, ratePosts: 3, proof: 1, pop: 2, trend: 0.05, tag: 20, recency: 1e-3, affinity: 1e-4}]);
:param priors => head([{followees: 1.05, missed: 1.05, similar_posts: 1.04, liked_by_followees: 1.03, liked_authors: 1.02, friends_of_friends: 1.01, interests: 1.0, new_posts: 0.99, looks_alike: 0.98, trending: 0.9, popular: 0.8, newest: 0.7}]);
:param feedback => head([{acts: {LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}, stay: 0.3, stayShare: 1.0, leave: -0.3, leaveShare: 0.25, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14, pick: 5.0, more: 3.0, less: 3.0}]);
:param untimed => -4611686018427387904;
// ---- Suggestions of people
:param breadth => head([{followees: 200, followeesOf: 200, followersOf: 500, likes: 1000, followers: 1000, both: 500, acts: 50, best: 400, leftOut: 3000}]);
:param strengths => head([{common: 1.6, liked: 1.1, follower: 2.0, near: 0.1, damping: 0.85, learns: true}]);
:param since => timestamp() - 90 * 86400000;
// ---- Pages, reasons and pictures of the network
:param given => head([{me: '42', slate: null, items: [{post: '1', source: 'similar_posts', link: null, via: null, newcomer: false, score: 0.0, probability: 1.0}], every: true, asOf: timestamp(), exclude: [], likes: 100, followees: 200, nameStrangers: true, stayShare: 1.0}]);
:param path => [{id: '42', label: 'User', type: null}, {id: '7', label: 'User', type: 'FOLLOWS'}, {id: '1', label: 'Post', type: 'POSTED'}];
:param edges => 'all';
:param edgeLimit => 300;
:param circle => head([{followees: 3000, followeesOf: 300, follows: 60000, people: 30000}]);
:param reach => 10000;
:param months => [0];
// ---- Discovery
:param list => null;
:param followed => false;
// ---- Slates and experiments
:param slate => 'new';
:param slates => ['new'];
:param after => '';
:param place => 1;
:param start => 0;
:param servedDays => 7;
:param served => 1;
:param upTo => 2;
:param properties => head([{id: 'new', asOf: timestamp(), expiresAt: timestamp() + 86400000, seed: 0, profile: 'default', profileHash: '0', source: 'mixed', handedOut: 1, posts: ['1'], authors: ['7'], sources: ['followees'], links: [''], vias: [''], scores: [-2.5], probabilities: [1.0], names: ['recency', 'never'], features: [-2.5, 0.0], known: [1.0, 0.0], never: [1.0, -1.72]}]);
:param learning => head([{places: 10, rewardMs: 604800000, mature: timestamp()}]);
:param rewardMs => 604800000;
:param mature => timestamp();
// ---- Profiles
:param profile => 'tuned-20240601-3f2a91';
:param outcome => '{}';
// ---- Packs of people
:param pack => 'p1';
:param name => 'Snow in the Alps';
:param by => '42';
// ---- Pictures
:param model => 'efficientnet-lite0';
// ---- People, posts and events
:param post => '1';
:param person => '7';
:param hashtag => 'sunset';
:param display => 'Sunset';
:param topic => 't1';
:param word => 'snow';
:param words => head([{snow: 0}]);
:param most => 200;
:param characters => 100000;
:param comment => 'c1';
:param text => 'Lovely';
:param at => timestamp();
:param recordedAt => timestamp();
:param use => 'profiling';
:param dwellMs => 900;
:param reason => 'seen_too_often';
:param values => head([{username: 'ana', fullName: null, optedOut: null, visibility: null}]);
:param mentioned => ['42'];
:param people => ['42', '7'];
:param posts => ['1'];
:param hashtags => ['sunset'];
:param undone => false;
// ---- Search and what is similar
:param search => head([{query: '+(/river.*/ "river"^2)', pattern: '(?s)(?=.*river).*', username: 'river', hits: 500, followees: 1000, seen: 10000, named: 200, followers: 10000}]);
:param similar => head([{arcs: 100, related: 20, likers: 200, liked: 50, fans: 40, hashtags: 100, rare: 1000, rarest: 5, posts: 100, examples: 2}]);
// ---- Imports, exports and removal
:param import => 'sample';
:param file => 'likes.csv';
:param lane => 0;
:param progress => head([{batches: 1, rows: 10, created: 10, updated: 0, rejected: 0, at: timestamp()}]);
:param rows => [{place: 0, id: 'new', user: '42', post: '1', topic: 't1', author: '42', follower: '42', followee: '1', mutedUser: '1', blocked: '1', hashtag: 'sunset', display: 'Sunset', word: 'snow', caption: 'Golden hour', words: ' golden hour ', at: 1700000000000, likeCount: null, commentCount: null, properties: {}}];
:param ids => ['new'];
:param version => 1;
:param batch => 2000;
:param ties => [0];
:param before => timestamp() - 90 * 86400000;
// ---- Builds
:param known => timestamp();
:param highest => 1000000;
:param perPerson => 1000;
:param perHashtag => 500;
:param halfLifeDays => 7;
:param size => 256;
:param iterationWeights => [0.0, 1.0, 1.0, 1.0];
:param normalization => -0.5;
:param names => ['gds.pageRank.stream'];
// ---- Affinity
:param users => ['42'];
:param walks => 600;
:param steps => 5;
:param damping => 0.85;
:param keep => 200;
:param commentWeight => 2;
:param acts => head([{LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}]);
// ---- GDS projections
:param followeesGraph => 'graphfeed-followees';
:param friendsGraph => 'graphfeed-friends';
:param tiesGraph => 'graphfeed-ties';
:param vectorsGraph => 'graphfeed-vectors';
:param usesGraph => 'graphfeed-uses';
:param relatedGraph => 'graphfeed-related';
:param tastesGraph => 'graphfeed-tastes';
:param graphs => ['graphfeed-followees', 'graphfeed-friends', 'graphfeed-ties', 'graphfeed-vectors'];
:param pattern => 'graphfeed-.*';
:param prefix => 'graphfeed-ties';
:param minutes => 60;
// ---- Leases and running requests
:param lease => 'build';
:param owner => 'me';
:param until => timestamp() + 60000;
:param requestKey => '7d1f3f6ce2a84f0b8a9c';
:param views => 1000;
:param scanned => 50;
:param nodes => [1];
