package compile

import (
	"context"
	"fmt"
	"strings"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// auditSchema is the custom schema of stored test failures.
const auditSchema = "dbt_test__audit"

// nameRules says which of the generate_…_name macros a project writes itself; the others are
// followed in Go.
type nameRules struct {
	database, schema, alias map[string]*project.Macro // by package of the node; "" for all others
}

// newNameRules looks the macros up as dbt does: a package's own for its nodes, else the root
// project's, else the built-in one, whose implementation the project may override as well.
func newNameRules(c *Compiler) nameRules {
	find := func(name string) map[string]*project.Macro {
		rules := map[string]*project.Macro{}
		for pkg, macros := range c.macros.packages {
			if m := macros[name]; m != nil && pkg != c.macros.root {
				rules[pkg] = m
			}
		}
		if m := c.macros.packages[c.macros.root][name]; m != nil {
			rules[""] = m
		} else if m, _ := c.findDispatched(c.macros.root, name, internalPackage); m != nil && !c.macros.isInternal(m.Package) {
			rules[""] = m
		}
		return rules
	}
	return nameRules{find("generate_database_name"), find("generate_schema_name"), find("generate_alias_name")}
}

func ruleFor(rules map[string]*project.Macro, pkg string) *project.Macro {
	if m := rules[pkg]; m != nil {
		return m
	}
	return rules[""]
}

// Relation gives database, schema and name of a node from its merged config, by the project's
// generate_database_name, generate_schema_name and generate_alias_name.
func (c *Compiler) Relation(n *manifest.Node) (manifest.Relation, error) {
	if n.Kind == manifest.Source || n.Kind.Shows() {
		return n.Relation, nil
	}
	g := naming{c: c, node: n}
	out := manifest.Relation{
		Database: g.database(),
		Schema:   g.schema(),
		Name:     g.alias(),
	}
	return out, g.err
}

// naming computes one node's names; the first error stays.
type naming struct {
	c    *Compiler
	node *manifest.Node
	err  error
}

// custom gives a config as the macros get it: nil where it is not set.
func (g *naming) custom(key string) jinja.Value {
	v, ok := g.node.Config.Get(key)
	if !ok || v == nil {
		return nil
	}
	return fmt.Sprint(v)
}

func (g *naming) database() string {
	custom := g.custom("database")
	if g.node.Kind == manifest.Snapshot {
		if v := g.custom("target_database"); v != nil {
			return v.(string)
		}
	}
	if m := ruleFor(g.c.names.database, g.node.Package); m != nil {
		return g.call(m, custom)
	}
	if custom == nil {
		return g.c.database()
	}
	return strings.TrimSpace(custom.(string))
}

func (g *naming) schema() string {
	custom := g.custom("schema")
	switch g.node.Kind {
	case manifest.Snapshot:
		if v := g.custom("target_schema"); v != nil {
			return v.(string)
		}
	case manifest.Test:
		if custom == nil {
			custom = auditSchema
		}
	}
	if m := ruleFor(g.c.names.schema, g.node.Package); m != nil {
		return g.call(m, custom)
	}
	if custom == nil {
		return g.c.project.Target.Schema
	}
	return g.c.project.Target.Schema + "_" + strings.TrimSpace(custom.(string))
}

func (g *naming) alias() string {
	custom := g.custom("alias")
	if m := ruleFor(g.c.names.alias, g.node.Package); m != nil {
		return g.call(m, custom)
	}
	switch {
	case custom != nil && custom != "":
		return strings.TrimSpace(custom.(string))
	case g.node.Version != "":
		return g.node.Name + "_v" + strings.ReplaceAll(g.node.Version, ".", "_")
	default:
		return g.node.Name
	}
}

// call runs a project's own macro: (custom name, node).
func (g *naming) call(m *project.Macro, custom jinja.Value) string {
	if g.err != nil {
		return ""
	}
	f := g.c.frame(context.Background(), g.node, nil, CompileOptions{})
	defer f.end()
	f.execute = false
	f.pkg, f.kind = m.Package, operationFrame
	f.space = g.c.space(m.Package)
	f.state.Macros = f.space
	v, err := f.call(m, []jinja.Value{custom, nodeDict(g.node)}, nil, m.Pos)
	if err != nil {
		g.err = f.fail(err)
		return ""
	}
	if v == nil {
		return ""
	}
	return strings.TrimSpace(jinja.Str(v))
}
