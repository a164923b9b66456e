package compile

import (
	"fmt"
	"strings"
)

// formatLocation fills a location's names in, by one of dbt-duckdb's formatters: "newstyle" is
// Python's str.format, "oldstyle" its % operator, "template" its string.Template.
func formatLocation(template, formatter string, values map[string]any) (string, error) {
	switch formatter {
	case "newstyle":
		return formatBraces(template, values)
	case "oldstyle":
		return formatPercent(template, values)
	case "template":
		return formatDollar(template, values)
	default:
		return "", fmt.Errorf("formatter %q is not known: use newstyle, oldstyle or template", formatter)
	}
}

func valueText(name, template string, values map[string]any) (string, error) {
	v, ok := values[name]
	if !ok {
		return "", fmt.Errorf("external_location %q uses %q, which the source does not have", template, name)
	}
	return fmt.Sprint(v), nil
}

// formatBraces fills {name} in; {{ and }} are braces.
func formatBraces(template string, values map[string]any) (string, error) {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		c := template[i]
		switch {
		case (c == '{' || c == '}') && i+1 < len(template) && template[i+1] == c:
			b.WriteByte(c)
			i++
		case c == '{':
			end := strings.IndexByte(template[i:], '}')
			if end < 0 {
				return "", fmt.Errorf("external_location %q has a brace that does not close", template)
			}
			name, _, _ := strings.Cut(template[i+1:i+end], ":")
			name, _, _ = strings.Cut(name, "!")
			s, err := valueText(name, template, values)
			if err != nil {
				return "", err
			}
			b.WriteString(s)
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// formatPercent fills %(name)s in; %% is a percent sign.
func formatPercent(template string, values map[string]any) (string, error) {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != '%' {
			b.WriteByte(template[i])
			continue
		}
		rest := template[i:]
		if strings.HasPrefix(rest, "%%") {
			b.WriteByte('%')
			i++
			continue
		}
		end := strings.IndexByte(rest, ')')
		if !strings.HasPrefix(rest, "%(") || end < 0 || end+1 >= len(rest) {
			return "", fmt.Errorf("external_location %q has a %% that names nothing", template)
		}
		s, err := valueText(rest[2:end], template, values)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		i += end + 1
	}
	return b.String(), nil
}

// formatDollar fills $name and ${name} in; $$ is a dollar sign.
func formatDollar(template string, values map[string]any) (string, error) {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != '$' || i+1 == len(template) {
			b.WriteByte(template[i])
			continue
		}
		rest := template[i+1:]
		if rest[0] == '$' {
			b.WriteByte('$')
			i++
			continue
		}
		braced := rest[0] == '{'
		if braced {
			rest = rest[1:]
		}
		n := 0
		for n < len(rest) && (rest[n] == '_' || rest[n] >= '0' && rest[n] <= '9' || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
			n++
		}
		s, err := valueText(rest[:n], template, values)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
		i += n
		if braced {
			i += 2
		}
	}
	return b.String(), nil
}
