// True if the graph holds any data besides its schema's version and the progress of imports
RETURN EXISTS { MATCH (node) WHERE NOT node:Schema AND NOT node:ImportProgress } AS hasData
