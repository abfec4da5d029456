// Runs a Tiltfile with stubs that record its calls to Tilt: go run run.go < input.json > calls.json
package main

import (
	"fmt"
	"io"
	"os"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkjson"
	"go.starlark.net/starlarkstruct"
)

// Functions of Tilt's API (https://docs.tilt.dev/api.html) that may be called and return nothing of interest.
var recorded = []string{
	"docker_build", "k8s_yaml", "kustomize", "k8s_resource", "local_resource", "sync", "fall_back_on", "link", "port_forward",
}

type runner struct {
	input *starlark.Dict
	calls *starlark.List
}

func (r *runner) get(key string) starlark.Value {
	value, _, err := r.input.Get(starlark.String(key))
	check(err)
	return value
}

func (r *runner) record(name string, answer func(args starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		named := new(starlark.Dict)
		for _, pair := range kwargs {
			check(named.SetKey(pair[0], pair[1]))
		}
		call := new(starlark.Dict)
		check(call.SetKey(starlark.String("call"), starlark.String(name)))
		check(call.SetKey(starlark.String("args"), starlark.NewList(args)))
		check(call.SetKey(starlark.String("kwargs"), named))
		if answer != nil {
			return answer(args)
		}
		check(r.calls.Append(call))
		return call, nil
	})
}

func (r *runner) always(value starlark.Value) func(starlark.Tuple) (starlark.Value, error) {
	return func(starlark.Tuple) (starlark.Value, error) { return value, nil }
}

// decode returns the objects of the folder that kustomize was called with.
func (r *runner) decode(args starlark.Tuple) (starlark.Value, error) {
	asked, _, err := args[0].(*starlark.Dict).Get(starlark.String("args"))
	check(err)
	objects, found, err := r.get("objects").(*starlark.Dict).Get(asked.(*starlark.List).Index(0))
	if !found {
		return nil, fmt.Errorf("no objects for %s", asked)
	}
	return objects, err
}

func (r *runner) exists(args starlark.Tuple) (starlark.Value, error) {
	_, found, err := r.get("objects").(*starlark.Dict).Get(args[0])
	return starlark.Bool(found), err
}

// names records what the function returns for two workloads with the same name.
func (r *runner) names(thread *starlark.Thread) func(starlark.Tuple) (starlark.Value, error) {
	return func(args starlark.Tuple) (starlark.Value, error) {
		for _, namespace := range []string{"hotel", "bands"} {
			workload := starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
				"name": starlark.String("jaeger"), "namespace": starlark.String(namespace), "kind": starlark.String("deployment"),
			})
			name, err := starlark.Call(thread, args[0], starlark.Tuple{workload}, nil)
			if err != nil {
				return nil, err
			}
			call := new(starlark.Dict)
			check(call.SetKey(starlark.String("call"), starlark.String("resource_name")))
			check(call.SetKey(starlark.String("args"), starlark.NewList([]starlark.Value{name})))
			check(call.SetKey(starlark.String("kwargs"), new(starlark.Dict)))
			check(r.calls.Append(call))
		}
		return starlark.None, nil
	}
}

func main() {
	// Tilt allows these two at the top level.
	resolve.AllowGlobalReassign = true
	resolve.AllowRecursion = true
	text, err := io.ReadAll(os.Stdin)
	check(err)
	thread := &starlark.Thread{Name: "Tiltfile"}
	input, err := starlark.Call(thread, starlarkjson.Module.Members["decode"], starlark.Tuple{starlark.String(text)}, nil)
	check(err)
	r := &runner{input: input.(*starlark.Dict), calls: starlark.NewList(nil)}

	module := func(members starlark.StringDict) starlark.Value {
		return starlarkstruct.FromStringDict(starlarkstruct.Default, members)
	}
	globals := starlark.StringDict{
		"TRIGGER_MODE_MANUAL":           starlark.String("manual"),
		"k8s_context":                   r.record("k8s_context", r.always(r.get("context"))),
		"decode_yaml_stream":            r.record("decode_yaml_stream", r.decode),
		"workload_to_resource_function": r.record("workload_to_resource_function", r.names(thread)),
		"os": module(starlark.StringDict{"path": module(starlark.StringDict{"exists": r.record("exists", r.exists)})}),
		"config": module(starlark.StringDict{
			"tilt_subcommand": r.get("subcommand"),
			"define_string":   r.record("config.define_string", nil),
			"define_bool":     r.record("config.define_bool", nil),
			"parse":           r.record("config.parse", r.always(r.get("settings"))),
		}),
	}
	for _, name := range recorded {
		globals[name] = r.record(name, nil)
	}
	if _, err := starlark.ExecFile(thread, os.Args[1], nil, globals); err != nil {
		if failure, ok := err.(*starlark.EvalError); ok {
			fmt.Fprintln(os.Stderr, failure.Backtrace())
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	output, err := starlark.Call(thread, starlarkjson.Module.Members["encode"], starlark.Tuple{r.calls}, nil)
	check(err)
	fmt.Println(string(output.(starlark.String)))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
