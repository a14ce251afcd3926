// Whether the graph holds anything but notes about itself
RETURN EXISTS { MATCH (node) WHERE NOT node:Schema AND NOT node:ImportProgress } AS hasData
