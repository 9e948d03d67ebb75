"""Starts the LocalStack core on the loopback interface only: its server binds all of them whatever it is told."""

import runpy

from twisted.internet import endpoints

listen_on = endpoints.TCP4ServerEndpoint


def on_loopback(reactor, port, *args, **named):
    return listen_on(reactor, port, interface="127.0.0.1")


endpoints.TCP4ServerEndpoint = on_loopback
runpy.run_module("localstack.runtime.main", run_name="__main__")
