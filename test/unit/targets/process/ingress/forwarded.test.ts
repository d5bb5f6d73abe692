import { expect, test } from 'vitest';
import { withForwarded } from '../../../../../src/targets/process/ingress/forwarded.ts';
import { headerValues } from '../../../../../src/targets/process/mesh/raw-headers.ts';

const edge = {
  authority: 'a.localhost:8443',
  remoteAddress: '::ffff:127.0.0.1',
  httpsPort: 8443,
  requestId: () => 'made',
};

test('what the client claims about itself is replaced, and kept aside', () => {
  const seen = withForwarded(['X-Forwarded-For', '1.2.3.4', 'x-real-ip', '1.2.3.4', 'X-Forwarded-Proto', 'http'], edge);
  expect(headerValues(seen, 'x-forwarded-for')).toEqual(['127.0.0.1']);
  expect(headerValues(seen, 'x-real-ip')).toEqual(['127.0.0.1']);
  expect(headerValues(seen, 'x-forwarded-proto')).toEqual(['https']);
  expect(headerValues(seen, 'x-original-forwarded-for')).toEqual(['1.2.3.4']);
  expect(headerValues(seen, 'x-forwarded-host')).toEqual(['a.localhost:8443']);
  expect(headerValues(seen, 'x-forwarded-port')).toEqual(['8443']);
});

test('a request id is made where there is none, and kept where there is one', () => {
  expect(headerValues(withForwarded([], edge), 'x-request-id')).toEqual(['made']);
  expect(headerValues(withForwarded(['X-Request-Id', 'given'], edge), 'x-request-id')).toEqual(['given']);
});
