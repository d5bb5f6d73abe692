/** Colours of the drawn picture, for light and dark pages, and its arrow heads. */

const kinds = ['mtls', 'tls', 'none', 'undecided', 'outbound'] as const;
type Kind = (typeof kinds)[number];

const light: { readonly [K in Kind]: string } = {
  mtls: '#1a7f37',
  tls: '#0969da',
  none: '#bc4c00',
  undecided: '#6e7781',
  outbound: '#6e7781',
};

const dark: { readonly [K in Kind]: string } = {
  mtls: '#3fb950',
  tls: '#58a6ff',
  none: '#f0883e',
  undecided: '#8b949e',
  outbound: '#8b949e',
};

interface Page {
  readonly page: string;
  readonly areas: readonly [string, string];
  readonly border: string;
  readonly spot: string;
  readonly ink: string;
  readonly dim: string;
}

const day: Page = {
  page: '#ffffff',
  areas: ['#f6f8fa', '#ffffff'],
  border: '#afb8c1',
  spot: '#ffffff',
  ink: '#1f2328',
  dim: '#59636e',
};

const night: Page = {
  page: '#0d1117',
  areas: ['#151b23', '#0d1117'],
  border: '#3d444d',
  spot: '#212830',
  ink: '#f0f6fc',
  dim: '#9198a1',
};

function colours(edges: { readonly [K in Kind]: string }, { page, areas, border, spot, ink, dim }: Page): string {
  return [
    `.page{fill:${page}}`,
    `.area{stroke:${border}}.depth0{fill:${areas[0]}}.depth1{fill:${areas[1]}}`,
    `.spot{fill:${spot};stroke:${border}}`,
    `.heading,.area-title,.name,.count{fill:${ink}}`,
    `.fact{fill:${dim}}`,
    `.halo,.area-title,.label{stroke:${page}}`,
    `.service .spot,.ingress .spot{stroke:${edges.mtls}}`,
    `.resource .spot,.load-balancer .spot{stroke:${edges.tls}}`,
    `.sidecar{fill:${page};stroke:${edges.mtls}}.sidecar-word{fill:${edges.mtls}}`,
    ...kinds.map((kind) => `.edge.${kind}{stroke:${edges[kind]}}.label.${kind},.head.${kind}{fill:${edges[kind]}}`),
  ].join('\n');
}

const shapes = [
  'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px}',
  '.heading{font-size:17px;font-weight:600}',
  '.area-title{font-size:13px;font-weight:600}',
  '.name,.count{font-size:14px;font-weight:600}',
  '.count{font-weight:400}',
  '.sidecar-word{font-size:10.5px}',
  '.label{font-size:11.5px;font-weight:600}',
  '.halo,.area-title,.label{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}',
  '.area{stroke-width:1}',
  '.spot{stroke-width:1.5}',
  '.edge{fill:none;stroke-width:1.75}',
  '.edge.mtls{stroke-width:2.5}',
  '.edge.undecided,.edge.outbound{stroke-dasharray:5 4}',
].join('\n');

const head = (kind: Kind): string =>
  `<marker id="${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="head ${kind}" d="M0 0L10 5L0 10z"/></marker>`;

export const svgStyle = [
  `<style>\n${shapes}\n${colours(light, day)}\n@media (prefers-color-scheme: dark){\n${colours(dark, night)}\n}\n</style>`,
  `<defs>${kinds.map(head).join('')}</defs>`,
].join('\n');
