package docs

import "atlas/engine/artifact"

// folderKind tells a folder written by Build from any other.
func folderKind() artifact.FolderKind {
	return artifact.FolderKind{Marker: ".atlas-docs", Text: "written by atlas docs generate; replaced as a whole", What: "documentation site"}
}
