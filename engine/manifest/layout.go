package manifest

// DefaultLayout is what a slide without a layout takes, and DefaultRegion the region of what stands
// in no slot.
const (
	DefaultLayout = "default"
	DefaultRegion = "default"
)

// GridCells is the number of columns, and of rows, of the grid that regions of a layout lie on.
const GridCells = 12

// BuiltinLayouts gives the layouts that every project has, by name. A layout of the project takes
// the place of the built-in one of its name.
func BuiltinLayouts() []Layout {
	return []Layout{
		{Name: "chart-and-notes", Title: "top", Regions: []Region{
			region("default", 0, 0, 8, 12), region("notes", 8, 0, 4, 12),
		}},
		{Name: "cover", Title: "middle", Surface: "accent", Regions: []Region{
			aligned("default", 0, 9, 8, 3, "bottom"),
		}},
		{Name: DefaultLayout, Title: "top", Regions: []Region{region("default", 0, 0, 12, 12)}},
		{Name: "end", Title: "middle", Surface: "accent", Regions: []Region{
			aligned("default", 0, 9, 8, 3, "bottom"),
		}},
		{Name: "full-image", Title: "none", Regions: []Region{region("default", 0, 0, 12, 12)}},
		{Name: "kpis", Title: "top", Regions: []Region{
			region("kpis", 0, 0, 12, 4), region("default", 0, 4, 12, 8),
		}},
		{Name: "quote", Title: "none", Regions: []Region{aligned("default", 1, 1, 10, 10, "middle")}},
		{Name: "section", Title: "middle", Surface: "panel", Regions: []Region{
			aligned("default", 0, 9, 8, 3, "bottom"),
		}},
		{Name: "table", Title: "top", Regions: []Region{region("default", 0, 0, 12, 12)}},
		{Name: "three-columns", Title: "top", Regions: []Region{
			region("left", 0, 0, 4, 12), region("middle", 4, 0, 4, 12), region("right", 8, 0, 4, 12),
		}},
		{Name: "two-columns", Title: "top", Regions: []Region{
			region("left", 0, 0, 6, 12), region("right", 6, 0, 6, 12),
		}},
	}
}

func region(name string, x, y, w, h int) Region { return Region{Name: name, X: x, Y: y, W: w, H: h} }

func aligned(name string, x, y, w, h int, align string) Region {
	return Region{Name: name, X: x, Y: y, W: w, H: h, Align: align}
}

// Layout finds a layout of slides by name, the project's before those that are built in; false if
// there is none.
func (m *Manifest) Layout(name string) (Layout, bool) {
	if name == "" {
		name = DefaultLayout
	}
	for _, l := range m.Layouts {
		if l.Name == name {
			return l, true
		}
	}
	for _, l := range BuiltinLayouts() {
		if l.Name == name {
			return l, true
		}
	}
	return Layout{}, false
}
