"""Starts DynamoDB Local on the loopback interface only, which it has no option for: <folder of jars> <port>."""

import os
import sys

import jpype

folder, port = sys.argv[1:]
jars = os.path.join(folder, "*")
jpype.startJVM(f"-Djava.library.path={folder}", "-Xmx512m", classpath=[jars])

runner = jpype.JClass("com.amazonaws.services.dynamodbv2.local.main.ServerRunner")
server = runner.createServerFromCommandLineArgs(["-inMemory", "-sharedDb", "-disableTelemetry", "-port", port])
jetty = server.getClass().getDeclaredField("server")
jetty.setAccessible(True)
for connector in jetty.get(server).getConnectors():
    connector.setHost("127.0.0.1")
server.start()
server.join()
