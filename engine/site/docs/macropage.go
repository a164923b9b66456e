package docs

import "html/template"

// macroBody is what a macro's page shows.
type macroBody struct {
	M           *macro
	Description template.HTML
	Code        code
}

func (r *renderer) macroPages() error {
	for _, m := range r.macros {
		c, err := r.listing(m.Source, true, fullLimits().code, "code/"+baseName(m.Href)+".sql.txt", func(name string, _ []string) string {
			if x := r.byName[name]; x != nil && x != m {
				return "../" + x.Href
			}
			return ""
		})
		if err != nil {
			return err
		}
		b := &macroBody{M: m, Description: r.md.html(m.Description), Code: c}
		p := &page{Title: m.Name, Active: "macros", Crumbs: []crumb{{"Macros", "list/macros.html"}, {m.Package, ""}}, Body: b}
		if err := r.page(m.Href, "macro", p); err != nil {
			return err
		}
	}
	return nil
}
