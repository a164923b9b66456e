package project

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// bigSeed is the size from which a seed is hashed without being held in memory.
const bigSeed = 1 << 20

// readSeed makes the node of a CSV file; its rows are read when it is loaded.
func (ps *parsing) readSeed(f *File) fileResult {
	var res fileResult
	d := ps.newDraft(f, manifest.Seed, fileName(f.Path))
	d.static = true
	d.node.Seed = &manifest.SeedFile{File: f.Abs}
	sum, err := seedChecksum(f.Abs)
	if err != nil {
		res.diags.Add(diag.Errorf(diag.BadFile, diag.Pos{File: f.Shown}, "cannot read the file: %v", err).WithErr(err))
	}
	d.node.Checksum = sum
	checkName(d.node, &res.diags)
	res.drafts = []*draft{d}
	return res
}

func seedChecksum(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if info.Size() > bigSeed {
		if _, err := io.Copy(h, f); err != nil {
			return "", err
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	return checksum(string(data)), nil
}
