package project

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// dump writes a tree with all its positions.
func dump(b *strings.Builder, n *node, depth int) {
	fmt.Fprintf(b, "%s%d %d:%d %v %q\n", strings.Repeat(" ", depth), n.kind, n.line, n.col, n.quoted, n.text)
	for i, x := range n.items {
		if n.kind == mapNode {
			fmt.Fprintf(b, "%s- %d:%d %v %q\n", strings.Repeat(" ", depth), n.keys[i].line, n.keys[i].col, n.keys[i].quoted, n.keys[i].text)
		}
		dump(b, x, depth+1)
	}
}

var places = regexp.MustCompile(`\d+:\d+`)

// sameTrees checks that what the fast reader accepts, the library reads the same.
func sameTrees(t *testing.T, src string) (fast bool) {
	t.Helper()
	got, ok := fastYAML(src)
	if !ok {
		return false
	}
	want, diags := parseFullYAML("x.yml", []byte(src))
	if len(diags) > 0 || want == nil {
		t.Errorf("the library says %v of:\n%s", diags, src)
		return true
	}
	var a, b strings.Builder
	dump(&a, got, 0)
	dump(&b, want, 0)
	x, y := a.String(), b.String()
	if strings.Contains(src+"\n", " \n") { // the library misplaces scalars before spaces at a line's end
		x, y = places.ReplaceAllString(x, ""), places.ReplaceAllString(y, "")
	}
	if x != y {
		t.Errorf("got\n%swant\n%sof:\n%s", x, y, src)
	}
	return true
}

// yamlTexts gives every YAML file of testdata, those inside archives too, and of the folder that
// ATLAS_YAML_DIR names.
func yamlTexts(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, root := range []string{"testdata", os.Getenv("ATLAS_YAML_DIR")} {
		if root == "" {
			continue
		}
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(path) {
			case ".yml", ".yaml":
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				out = append(out, string(data), strings.TrimRight(string(data), " \n"))
			case ".txtar":
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				for _, part := range strings.Split(string(data), "\n-- ") {
					if name, body, ok := strings.Cut(part, " --\n"); ok && strings.HasSuffix(name, ".yml") {
						out = append(out, body)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestFastYAMLAgrees(t *testing.T) {
	texts := yamlTexts(t)
	fast := 0
	for _, src := range texts {
		if sameTrees(t, src) {
			fast++
		}
	}
	t.Logf("%d of %d files read fast", fast, len(texts))
	if fast < len(texts)/2 {
		t.Error("too few")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	pieces := []string{" ", "  ", "\n", ":", ": ", "- ", "#", " #", "'", "\"", "[", "]", "{", "}", ",", "|", ">", "|-", ">\n", "a", "ä", "&a", "*a", "!", "?", "- - ", "x: y", "\\n", "-"}
	for range 5000 {
		src := texts[rng.IntN(len(texts))]
		if len(src) > 3000 {
			continue
		}
		for range 1 + rng.IntN(3) {
			at := rng.IntN(len(src) + 1)
			switch rng.IntN(3) {
			case 0:
				src = src[:at] + pieces[rng.IntN(len(pieces))] + src[at:]
			case 1:
				src = src[:at] + src[min(len(src), at+1+rng.IntN(3)):]
			default:
				if i := strings.IndexByte(src[at:], '\n'); i >= 0 {
					src = src[:at] + src[at+i:]
				}
			}
		}
		sameTrees(t, src)
		if t.Failed() {
			return
		}
	}
}

func FuzzFastYAML(f *testing.F) {
	for _, src := range yamlTexts(f) {
		if len(src) < 2000 {
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src string) { sameTrees(t, src) })
}
