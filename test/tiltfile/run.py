"""Replaces run.go if Go is not installed. Python reads most of Starlark, but also accepts what Starlark lacks."""

import json
import sys
from types import SimpleNamespace

RECORDED = ['docker_build', 'k8s_yaml', 'kustomize', 'k8s_resource', 'local_resource', 'sync', 'fall_back_on', 'link', 'port_forward']

given = json.load(sys.stdin)
calls = []


def record(name):
    def recorded(*args, **kwargs):
        call = {'call': name, 'args': list(args), 'kwargs': kwargs}
        calls.append(call)
        return call

    return recorded


def names(function):
    for namespace in ['hotel', 'bands']:
        workload = SimpleNamespace(name='jaeger', namespace=namespace, kind='deployment')
        calls.append({'call': 'resource_name', 'args': [function(workload)], 'kwargs': {}})


def fail(message):
    sys.exit('fail: ' + message)


scope = {name: record(name) for name in RECORDED}
scope.update(
    TRIGGER_MODE_MANUAL='manual',
    fail=fail,
    k8s_context=lambda: given['context'],
    decode_yaml_stream=lambda rendered: given['objects'][rendered['args'][0]],
    workload_to_resource_function=names,
    os=SimpleNamespace(path=SimpleNamespace(exists=lambda path: path in given['objects'])),
    config=SimpleNamespace(
        tilt_subcommand=given['subcommand'],
        define_string=record('config.define_string'),
        define_bool=record('config.define_bool'),
        parse=lambda: given['settings'],
    ),
)
with open(sys.argv[1]) as file:
    exec(compile(file.read(), sys.argv[1], 'exec'), scope)
print(json.dumps(calls))
