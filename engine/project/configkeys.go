package project

import "atlas/engine/manifest"

// isConfigKey reports a key that belongs under config:, for hints.
func isConfigKey(key string) bool {
	key = manifest.CanonicalKey(key)
	for _, k := range []manifest.Kind{manifest.Model, manifest.Seed, manifest.Snapshot, manifest.Test, manifest.Source} {
		if _, ok := manifest.Defaults(k).Get(key); ok {
			return true
		}
	}
	return false
}
