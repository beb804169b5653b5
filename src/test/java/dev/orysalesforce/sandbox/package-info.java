/**
 * The one stand-in for Salesforce: all tests and the demo run against it. {@link
 * dev.orysalesforce.sandbox.SalesforceSandbox} is the way in, {@link dev.orysalesforce.sandbox.SandboxServer} runs
 * it on its own. A call goes from WireMock through faults and log to the REST API, which looks up what it needs,
 * waits out the latency of the moment, and only then writes to the org.
 */
package dev.orysalesforce.sandbox;
