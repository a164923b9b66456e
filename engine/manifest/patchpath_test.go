package manifest_test

import (
	"testing"

	"atlas/engine/manifest"
)

func TestPatchPath(t *testing.T) {
	for _, c := range []struct{ patch, file, inPackage, want string }{
		{"", "models/a.sql", "models/a.sql", ""},
		{"models/a.yml", "models/a.sql", "models/a.sql", "shop://models/a.yml"},
		{"dbt_packages/x/models/b.yml", "dbt_packages/x/models/sub/a.sql", "models/sub/a.sql", "shop://models/b.yml"},
		{"other/b.yml", "models/a.sql", "elsewhere.sql", "shop://other/b.yml"},
	} {
		if got := manifest.PatchPath("shop", c.patch, c.file, c.inPackage); got != c.want {
			t.Errorf("%+v gives %s", c, got)
		}
	}
}
