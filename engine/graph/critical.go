package graph

import (
	"slices"
	"time"

	"atlas/engine/manifest"
)

// CriticalPath gives the chain of nodes that took longest from end to end, first to last, and
// its length: no number of threads makes a run shorter. Nodes without a duration take no time;
// the path begins and ends with nodes that have one.
func CriticalPath(m *manifest.Manifest, durations map[manifest.ID]time.Duration) ([]manifest.ID, time.Duration) {
	x := newIndex(m)
	finish := make([]time.Duration, len(x.nodes))
	from := make([]int32, len(x.nodes))
	last := int32(-1)
	for i, n := range x.nodes {
		from[i] = -1
		for _, p := range x.parents[i] {
			if from[i] < 0 || finish[p] > finish[from[i]] {
				from[i] = p
			}
		}
		if from[i] >= 0 {
			finish[i] = finish[from[i]]
		}
		finish[i] += durations[n.ID]
		if last < 0 || finish[i] > finish[last] {
			last = int32(i)
		}
	}
	if last < 0 || finish[last] == 0 {
		return nil, 0
	}
	var path []manifest.ID
	for i := last; i >= 0; i = from[i] {
		if durations[x.nodes[i].ID] > 0 || len(path) > 0 {
			path = append(path, x.nodes[i].ID)
		}
	}
	slices.Reverse(path)
	for len(path) > 0 && durations[path[0]] == 0 {
		path = path[1:]
	}
	return path, finish[last]
}
