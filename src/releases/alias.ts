/** A name that people can say for a release: `adjective-animal`, by its hash. */

const adjectives = [
  ...['able', 'amber', 'ancient', 'azure', 'bold', 'brave', 'bright', 'brisk', 'calm', 'candid', 'clever', 'cosmic'],
  ...[
    'crisp',
    'daring',
    'dapper',
    'eager',
    'early',
    'fair',
    'fancy',
    'fearless',
    'fluent',
    'gentle',
    'giant',
    'golden',
  ],
  ...['grand', 'happy', 'hardy', 'honest', 'humble', 'jolly', 'keen', 'kind', 'lively', 'loyal', 'lucid', 'lucky'],
  ...[
    'mellow',
    'merry',
    'mighty',
    'modest',
    'noble',
    'patient',
    'plucky',
    'polite',
    'proud',
    'quick',
    'quiet',
    'rapid',
  ],
  ...['rustic', 'silver', 'smooth', 'snowy', 'solid', 'steady', 'sunny', 'swift', 'tidy', 'trusty', 'upbeat', 'vivid'],
  ...['warm', 'wise', 'witty', 'zesty'],
] as const;

const animals = [
  ...[
    'albatross',
    'antelope',
    'badger',
    'beaver',
    'bison',
    'bobcat',
    'camel',
    'caribou',
    'cheetah',
    'condor',
    'cougar',
  ],
  ...[
    'coyote',
    'crane',
    'dingo',
    'dolphin',
    'eagle',
    'egret',
    'falcon',
    'ferret',
    'finch',
    'gazelle',
    'gecko',
    'gibbon',
  ],
  ...['heron', 'hornet', 'ibex', 'ibis', 'jackal', 'jaguar', 'kestrel', 'koala', 'lemur', 'leopard', 'lynx', 'macaw'],
  ...[
    'magpie',
    'marmot',
    'marten',
    'moose',
    'narwhal',
    'ocelot',
    'orca',
    'osprey',
    'otter',
    'panther',
    'pelican',
    'puffin',
  ],
  ...['puma', 'quail', 'raccoon', 'raven', 'robin', 'salmon', 'seal', 'sparrow', 'stork', 'swan', 'tapir', 'turtle'],
  ...['walrus', 'weasel', 'wombat', 'yak', 'zebra'],
] as const;

/** `hash` is hex. Two releases may share an alias: commands that are given one say so when it is not enough. */
export function aliasOf(hash: string): string {
  const number = Number.parseInt(hash.slice(0, 8), 16);
  return `${adjectives[number % adjectives.length]}-${animals[Math.floor(number / adjectives.length) % animals.length]}`;
}
