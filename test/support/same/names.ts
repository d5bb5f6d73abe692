/** Names in a service's environment that not every target has. */

/**
 * What only processes have, or have another of for each replica: names of other services that go through the sidecar,
 * where to listen, and where to send the spans that `trace` shows.
 */
export const ofProcesses =
  /^(PORT(_\w+)?|OPTA_REPLICA|https?_proxy|grpc_proxy|no_proxy|NODE_USE_ENV_PROXY|NODE_COMPILE_CACHE|BIND_ADDRESS|OTEL_\w+)$/i;
