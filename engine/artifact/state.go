package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"atlas/engine/manifest"
)

// State is what an earlier run left in a folder, of Atlas or of dbt. It is graph.Previous.
type State struct {
	Dir      string
	manifest *manifest.Manifest
	results  *RunResults
	status   map[manifest.ID]Status
	before   map[manifest.ID]time.Time // max_loaded_at by source in the state's sources.json
	now      map[manifest.ID]time.Time // the same in the current target folder
}

// ReadState reads the artifacts of a folder; those that are missing are left out. current is the
// running project's own target folder, whose sources.json source_status:fresher compares with
// the state's; it may be "". A folder without any artifact is an error.
func ReadState(dir, current string) (*State, error) {
	s := &State{Dir: dir}
	var err error
	if s.manifest, err = readIf(filepath.Join(dir, ManifestFile), readManifestFile); err != nil {
		return nil, err
	}
	if s.results, err = readIf(filepath.Join(dir, RunResultsFile), ReadRunResults); err != nil {
		return nil, err
	}
	if s.before, err = readIf(filepath.Join(dir, SourcesFile), readMaxLoaded); err != nil {
		return nil, err
	}
	if current != "" {
		if s.now, err = readIf(filepath.Join(current, SourcesFile), readMaxLoaded); err != nil {
			return nil, err
		}
	}
	if s.manifest == nil && s.results == nil && s.before == nil {
		return nil, fmt.Errorf("read state: %s has none of %s, %s, %s", dir, ManifestFile, RunResultsFile, SourcesFile)
	}
	if s.results != nil {
		s.status = make(map[manifest.ID]Status, len(s.results.Results))
		for _, r := range s.results.Results {
			s.status[r.NodeID] = r.Status
		}
	}
	return s, nil
}

// readIf reads a file if it is there.
func readIf[T any](path string, read func(string) (T, error)) (T, error) {
	v, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		var none T
		return none, nil
	}
	return v, err
}

func readManifestFile(path string) (*manifest.Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := ReadManifest(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Manifest is the earlier manifest, nil if the folder has none.
func (s *State) Manifest() *manifest.Manifest { return s.manifest }

// Results are the earlier run results, nil if the folder has none.
func (s *State) Results() *RunResults { return s.results }

// HasResults reports whether the folder has run results.
func (s *State) HasResults() bool { return s.results != nil }

// Status gives a node's status in the earlier run.
func (s *State) Status(id manifest.ID) (string, bool) {
	st, ok := s.status[id]
	return string(st), ok
}

// Fresher reports whether a source had newer rows at the current freshness check than in the
// state; a source that the state does not know is fresher. ok is false without both checks.
func (s *State) Fresher(id manifest.ID) (fresher, ok bool) {
	if s.before == nil || s.now == nil {
		return false, false
	}
	now, checked := s.now[id]
	before, known := s.before[id]
	return checked && (!known || now.After(before)), true
}

// Retry gives the nodes that a retry runs again: those that failed or were skipped, in the
// order of the run. Warnings count only if warnings were errors.
func (r *RunResults) Retry(warnings bool) []manifest.ID {
	var ids []manifest.ID
	for i := range r.Results {
		if st := r.Results[i].Status; st.Failed() || warnings && st == Warn {
			ids = append(ids, r.Results[i].NodeID)
		}
	}
	return ids
}

type runResultsJSON struct {
	Metadata metadataJSON  `json:"metadata"`
	Elapsed  float64       `json:"elapsed_time"`
	Args     *manifest.Map `json:"args"`
	Results  []resultJSON  `json:"results"`
}

type resultJSON struct {
	ID        manifest.ID   `json:"unique_id"`
	Status    Status        `json:"status"`
	Thread    string        `json:"thread_id"`
	Seconds   float64       `json:"execution_time"`
	Message   string        `json:"message"`
	Failures  *int64        `json:"failures"`
	Adapter   *manifest.Map `json:"adapter_response"`
	Compiled  bool          `json:"compiled"`
	Code      string        `json:"compiled_code"`
	Relation  string        `json:"relation_name"`
	MaxLoaded string        `json:"max_loaded_at"`
	Timing    []struct {
		Name      string `json:"name"`
		Started   string `json:"started_at"`
		Completed string `json:"completed_at"`
	} `json:"timing"`
}

// ReadRunResults reads a run_results.json of version 5 or 6.
func ReadRunResults(path string) (*RunResults, error) {
	var f runResultsJSON
	if err := readJSON(path, &f); err != nil {
		return nil, err
	}
	if checkSchema(f.Metadata.Schema, "run-results", 6) != nil {
		if err := checkSchema(f.Metadata.Schema, "run-results", 5); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	r := &RunResults{Args: f.Args, Elapsed: seconds(f.Elapsed)}
	r.Metadata.InvocationID = f.Metadata.Invocation
	r.Metadata.Generated = parseTime(f.Metadata.Generated)
	r.Metadata.Started = parseTime(f.Metadata.Started)
	for _, x := range f.Results {
		res := RunResult{
			NodeID: x.ID, Status: x.Status, Thread: x.Thread, ExecutionTime: seconds(x.Seconds), Message: x.Message,
			Failures: x.Failures, AdapterResponse: x.Adapter, Compiled: x.Compiled, CompiledCode: x.Code, RelationName: x.Relation,
		}
		for _, t := range x.Timing {
			res.Timing = append(res.Timing, Timing{Name: t.Name, Started: parseTime(t.Started), Completed: parseTime(t.Completed)})
		}
		r.Results = append(r.Results, res)
	}
	return r, nil
}

// readMaxLoaded reads the newest row's time of each source from a sources.json; a source whose
// check failed is left out.
func readMaxLoaded(path string) (map[manifest.ID]time.Time, error) {
	var f runResultsJSON
	if err := readJSON(path, &f); err != nil {
		return nil, err
	}
	if err := checkSchema(f.Metadata.Schema, "sources", 3); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := map[manifest.ID]time.Time{}
	for _, x := range f.Results {
		if t := parseTime(x.MaxLoaded); !t.IsZero() {
			out[x.ID] = t
		}
	}
	return out, nil
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// parseTime reads a moment as dbt writes it, with or without a zone; anything else is zero.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
