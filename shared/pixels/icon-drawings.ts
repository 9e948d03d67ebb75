/** What each icon shows, drawn on a square of 96; lines only, since a function has no fonts. Made for this project. */
import type { IconKind } from "./icon.ts";

const page = '<path d="M28 12h26l16 16v56H28z"/><path d="M54 12v16h16"/>';
const frame = '<rect x="14" y="20" width="68" height="56" rx="5"/>';
const filled = 'fill="#c8d3df" stroke="none"';

const drawings: Readonly<Record<IconKind, string>> = {
  report: `${page}<path d="M37 40h24M37 50h24"/><path d="M37 69l4-5 3 5 4-8 3 8h10"/>`,
  pdf: `${page}<path stroke-width="3" d="M35 66V50h3.500a4 4 0 0 1 0 8H35M46 50v16h2a8 8 0 0 0 0-16zM60 66V50h5M60 58h4"/>`,
  document: '<path d="M22 20h26l16 16v48H22z"/><path d="M48 20v16h16M32 20v-8h26l16 16v46H64"/>',
  "key-objects": `${frame}<path ${filled} d="M48 30l5.6 11.6 12.8 1.7-9.4 8.8 2.4 12.6L48 58.500l-11.400 6.200 2.400-12.600-9.400-8.800 12.800-1.700z"/>`,
  "presentation-state": `${frame}<circle cx="48" cy="48" r="16"/><path ${filled} d="M48 32a16 16 0 0 1 0 32z"/>`,
  radiotherapy:
    '<circle cx="48" cy="48" r="26"/><circle cx="48" cy="48" r="11"/><path d="M48 10v20M48 66v20M10 48h20M66 48h20"/>' +
    `<circle cx="48" cy="48" r="3.500" ${filled}/>`,
  waveform: '<path d="M8 52h16l5-9 6 9h6l6-32 9 56 7-30 5 6h20"/>',
  segmentation:
    '<path d="M48 14c20 0 34 13 34 32S68 82 48 82 14 68 14 47s14-33 34-33z" stroke-dasharray="7 7"/>' +
    `<path d="M44 32c12-3 24 5 24 16s-9 17-20 16-18-8-17-17 5-13 13-15z" fill="#c8d3df" fill-opacity=".45"/>`,
  "parametric-map":
    `${frame}<g ${filled}><rect x="22" y="28" width="16" height="18" fill-opacity=".2"/><rect x="40" y="28" width="16" height="18" fill-opacity=".45"/><rect x="58" y="28" width="16" height="18" fill-opacity=".75"/>` +
    '<rect x="22" y="50" width="16" height="18" fill-opacity=".45"/><rect x="40" y="50" width="16" height="18" fill-opacity=".8"/><rect x="58" y="50" width="16" height="18"/></g>',
  video: `${frame}<path ${filled} d="M40 34l22 14-22 14z"/>`,
  "cannot-be-shown": `${frame}<path d="M20 68l18-20 12 12 8-8 18 16"/><path stroke="#16202b" stroke-width="11" d="M16 84L80 12"/><path stroke="#e0a33a" d="M16 84L80 12"/>`,
  other: '<path d="M48 12l32 17v38L48 84 16 67V29z"/><path d="M16 29l32 18 32-18M48 47v37"/>',
};

/** A picture of 256 pixels a side, dark as what stands beside it in a list. */
export function iconSvg(kind: IconKind): string {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="-24 -24 144 144">' +
    '<rect x="-24" y="-24" width="144" height="144" fill="#16202b"/>' +
    '<g fill="none" stroke="#c8d3df" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">' +
    `${drawings[kind]}</g></svg>`
  );
}
