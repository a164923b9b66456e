package chart

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/dop251/goja"

	"atlas/engine/theme"
)

// ECharts 6.1.0 (Apache 2.0, licenses.txt), cut by bundle.js, and the few functions around it.
//
//go:embed assets/echarts.js.gz assets/atlas-chart.js
var assets embed.FS

// Script gives the program that draws options in a page, as JavaScript: atlasChart.mount(element,
// option). It is the one that draws SVG files here.
func Script() []byte {
	text, err := script()
	if err != nil {
		panic("chart: " + err.Error()) // a broken build
	}
	return []byte(text)
}

// script is unpacked once.
var script = sync.OnceValues(func() (string, error) { //nolint:gochecknoglobals // made once, never changed
	packed, err := assets.ReadFile("assets/echarts.js.gz")
	if err != nil {
		return "", err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", fmt.Errorf("unpack echarts: %w", err)
	}
	library, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("unpack echarts: %w", err)
	}
	own, err := assets.ReadFile("assets/atlas-chart.js")
	if err != nil {
		return "", err
	}
	return string(library) + "\n" + string(own), nil
})

// program is parsed once for all runtimes.
var program = sync.OnceValues(func() (*goja.Program, error) { //nolint:gochecknoglobals // made once, never changed
	text, err := script()
	if err != nil {
		return nil, err
	}
	return goja.Compile("echarts.js", text, false)
})

// idle keeps worlds for the next charts, four megabytes each.
var idle = make(chan *world, 4) //nolint:gochecknoglobals // a cache: nothing can be told of it but speed

// world is one JavaScript runtime with the program in it. It serves one chart at a time.
type world struct {
	vm    *goja.Runtime
	svg   goja.Callable
	theme *theme.Theme // measures texts
}

func newWorld() (*world, error) {
	p, err := program()
	if err != nil {
		return nil, fmt.Errorf("read echarts: %w", err)
	}
	r := &world{vm: goja.New()}
	r.vm.SetMaxCallStackSize(2000)
	nothing := func(goja.FunctionCall) goja.Value { return goja.Undefined() }
	for _, name := range []string{"setTimeout", "clearTimeout"} { // nothing is animated, so nothing waits
		if err := r.vm.Set(name, nothing); err != nil {
			return nil, err
		}
	}
	if err := r.vm.Set("atlasMeasure", r.measure); err != nil {
		return nil, err
	}
	if _, err := r.vm.RunProgram(p); err != nil {
		return nil, fmt.Errorf("start echarts: %w", err)
	}
	_, err = r.vm.RunString(`echarts.setPlatformAPI({measureText: function (text, font) { return {width: atlasMeasure(text, font || '')}; }})`)
	if err != nil {
		return nil, fmt.Errorf("start echarts: %w", err)
	}
	object := r.vm.Get("atlasChart").ToObject(r.vm)
	svg, ok := goja.AssertFunction(object.Get("svg"))
	if !ok {
		return nil, errors.New("start echarts: atlasChart.svg is missing")
	}
	r.svg = svg
	return r, nil
}

var fontSize = regexp.MustCompile(`([\d.]+)px`)

// measure gives the width of a text in a font as style sheets write it: "600 11px Inter".
func (r *world) measure(text, font string) float64 {
	size := 12.0
	if m := fontSize.FindStringSubmatch(font); m != nil {
		if v, err := strconv.ParseFloat(m[1], 64); err == nil {
			size = v
		}
	}
	bold := strings.HasPrefix(font, "bold") || strings.HasPrefix(font, "600") || strings.HasPrefix(font, "700") || strings.Contains(font, " 600 ")
	return r.theme.Measure(text, size, bold)
}

// render runs the program on one option. A runtime that was stopped or failed is not used again.
func render(ctx context.Context, t *theme.Theme, option string, width, height float64) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	var r *world
	select {
	case r = <-idle:
	default:
		var err error
		if r, err = newWorld(); err != nil {
			return "", err
		}
	}
	r.theme = t
	stop := context.AfterFunc(ctx, func() { r.vm.Interrupt("stopped") })
	v, err := r.svg(goja.Undefined(), r.vm.ToValue(option), r.vm.ToValue(width), r.vm.ToValue(height))
	if !stop() {
		return "", fmt.Errorf("draw a chart: %w", ctx.Err())
	}
	if err != nil {
		return "", fmt.Errorf("draw a chart: %w", err)
	}
	r.theme = nil
	select {
	case idle <- r:
	default: // there are enough
	}
	return v.String(), nil
}
