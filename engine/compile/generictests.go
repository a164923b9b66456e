package compile

import (
	"sort"
	"strings"
)

// GenericTests names the built-in generic tests, as YAML calls them: "not_null".
func (c *Compiler) GenericTests() []string {
	var names []string
	for name := range c.macros.internal {
		if test, ok := strings.CutPrefix(name, "test_"); ok {
			names = append(names, test)
		}
	}
	sort.Strings(names)
	return names
}
