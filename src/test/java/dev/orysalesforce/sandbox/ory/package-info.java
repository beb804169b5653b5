/**
 * The stand-in for Ory's Admin API: {@link dev.orysalesforce.sandbox.ory.OryAdminSandbox} is the way in, {@link
 * dev.orysalesforce.sandbox.ory.OryProject} holds the identities. It reads only, as the app does; what people do at Ory
 * are methods of the project.
 */
package dev.orysalesforce.sandbox.ory;
