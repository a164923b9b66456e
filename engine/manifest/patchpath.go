package manifest

import (
	"path"
	"path/filepath"
	"strings"
)

// PatchPath is dbt's name of the YAML file that describes something: package://path inside the
// package; "" if nothing does. Positions are relative to the running project, so that a package's
// folder is taken off, which ends the described file's place before its path in the package.
func PatchPath(pkg, patch, file, inPackage string) string {
	if patch == "" {
		return ""
	}
	if folder, ok := strings.CutSuffix(file, inPackage); ok {
		patch = strings.TrimPrefix(patch, folder)
	}
	return pkg + "://" + path.Clean(filepath.ToSlash(patch))
}
