import { expect, test } from 'vitest';
import { scramVerifier } from '../../../../../src/targets/process/resources/scram.ts';

// Salt, keys and password of the example in RFC 7677, section 3: its ServerSignature and proof follow from these.
test('the verifier is that of the SCRAM-SHA-256 example', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('each time another salt', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});
