import type { DatasetDescription } from '../description/descriptionSchema.js';
import { readAge } from '../reading/columnValues.js';
import { splitOfName } from '../reading/splitNames.js';
import { type ColumnProfile, count, describeValues, percent, several } from './columnProfile.js';
import { leakShare, soundsTelling, type Telling, tellsLabel } from './leaks.js';

/** Keys of a description that name one column each. */
export type ColumnKey = 'patient' | 'lesion' | 'age' | 'sex' | 'site' | 'confirmed' | 'weight' | 'split';

/** What a column is believed to be, and why. */
export interface ColumnBelief {
  readonly column: string;
  readonly role: ColumnKey | 'image' | 'label' | 'join' | 'input' | 'subgroup' | 'never' | 'left out';
  /** One sentence with what was counted. */
  readonly because: string;
  /** Whether it gives the answer away. */
  readonly tells?: boolean;
  /** What stands in it, the most frequent first, where there are at most 250 values. */
  readonly values?: readonly string[];
}

type Guess = { readonly role: ColumnBelief['role']; readonly because: string; readonly tells?: boolean };

const sexWords =
  /^(m|f|male|female|w|h|man|woman|mann|frau|männlich|weiblich|homme|femme|hombre|mujer|masculin|feminin|masculino|feminino|u|unknown|other|divers)$/i;

/** What columns other than those of image and label are believed to be, each role once: the best candidate has it. */
export function believeColumns(
  profiles: readonly ColumnProfile[],
  labels: readonly string[],
  imageCount: number,
): ColumnBelief[] {
  const taken = new Set<ColumnKey>();
  const guesses = new Map<string, Guess>();
  const roles: readonly (readonly [ColumnKey, (profile: ColumnProfile) => string | undefined])[] = [
    [
      'patient',
      (profile) =>
        groupReason(profile, /patient|subject|person|proband|^pid$|^pat(_?id|_?nr|_?no)?$/, imageCount, 'patient'),
    ],
    [
      'lesion',
      (profile) =>
        groupReason(
          profile,
          /lesion|l(ä|ae)sion|naevus_?(id|nr)|nevus_?id|spot_?id|mole_?id|case_?id/,
          imageCount,
          'lesion',
        ),
    ],
    ['age', ageReason],
    ['sex', sexReason],
    ['site', siteReason],
    ['split', splitReason],
    ['confirmed', confirmedReason],
    [
      'weight',
      (profile) =>
        /^(score_?)?weight$/.test(profile.name) && profile.numbers > 0.99
          ? 'It is named as weights of a score are and holds numbers.'
          : undefined,
    ],
  ];
  for (const [role, reason] of roles)
    for (const profile of profiles) {
      if (taken.has(role) || guesses.has(profile.name)) continue;
      const because = reason(profile);
      if (because === undefined) continue;
      taken.add(role);
      guesses.set(profile.name, { role, because });
    }
  return profiles.map((profile) => ({
    column: profile.name,
    ...(guesses.get(profile.name) ?? further(profile, labels)),
  }));
}

function groupReason(profile: ColumnProfile, name: RegExp, images: number, what: string): string | undefined {
  const { filled, distinct, rows, cells } = profile;
  if (!name.test(profile.name) || filled === 0 || distinct < 2) return undefined;
  // `lesion_diameter`, `patient_age`: measures, not ids.
  if (/diameter|size|mm|age|sex|count|number_of|type|history/.test(profile.name)) return undefined;
  if (distinct < 3 && rows > 20) return undefined;
  const counts = new Map<string, number>();
  for (const cell of cells) if (cell !== '') counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const shared = [...counts.values()].filter((n) => n > 1).length;
  const empty = rows - filled;
  return `It is named for a ${what} and has ${count(distinct)} different values in ${several(filled, 'row')} (${images} images): ${
    shared === 0
      ? 'none stands in several rows, so that it keeps nothing together'
      : `${count(shared)} of them stand in several rows`
  }${empty > 0 ? `; it is empty in ${several(empty, 'row')}, each of which stands for itself` : ''}.`;
}

function ageReason({ name, filled, cells }: ColumnProfile): string | undefined {
  if (!/(^|_)(age|alter|edad|idade|années)($|_)|age_approx/.test(name) || filled === 0) return undefined;
  const read = cells.filter((cell) => cell !== '').map(readAge);
  const ages = read.filter((age) => age !== null);
  if (ages.length < 0.8 * read.length) return undefined;
  const [least, most] = ages.reduce(([a, b], age) => [Math.min(a, age), Math.max(b, age)], [200, 0]);
  return `It is named for age, and ${count(ages.length)} of ${count(read.length)} values are ages from ${least} to ${most}.`;
}

function sexReason(profile: ColumnProfile): string | undefined {
  const { name, distinct, filled, values } = profile;
  if (!/^(sex|gender|geschlecht|sexe|sexo|genre)$/.test(name) || filled === 0 || distinct > 6) return undefined;
  const known = values.filter(([value]) => sexWords.test(value));
  return known.length > 0 ? `It is named for sex and holds ${describeValues(profile)}.` : undefined;
}

function siteReason(profile: ColumnProfile): string | undefined {
  const { name, distinct, filled, numbers } = profile;
  const named =
    /(^|_)(site|localization|localisation|location|region|body_?part|anatom\w*|lokalisation|place)($|_)/.test(name);
  if (!named || filled === 0 || numbers > 0.5 || distinct > Math.max(60, filled / 5)) return undefined;
  return `It is named for a place on the body and has ${count(distinct)} values: ${describeValues(profile)}.`;
}

function splitReason(profile: ColumnProfile): string | undefined {
  const { name, distinct, values } = profile;
  if (distinct < 2 || distinct > 4 || !values.every(([value]) => splitOfName(value) !== undefined)) return undefined;
  return `Its values are names of splits${/split|set|part|fold/.test(name) ? ', and so is its own' : ''}: ${describeValues(profile)}.`;
}

function confirmedReason(profile: ColumnProfile): string | undefined {
  const { name, distinct, filled, values } = profile;
  const named = /^dx_?type$|confirm|ground_?truth_?by|diagnosis_?(method|basis|source)/.test(name);
  if ((!named && !values.some(([value]) => /histopatho|^histo$|biops/i.test(value))) || filled === 0 || distinct > 12)
    return undefined;
  return `It says how diagnoses were made: ${describeValues(profile)}. It gives the answer away and is never an input.`;
}

const groupsOfPatients =
  /skin|haut|fit[sz]|phototype|ethnic|race|device|ger(ä|ae)t|[ck]amera|scanner|cent(re|er)|zentrum|hospital|[ck]lini[ck]|praxis|dataset|source|origin|country|attribution|licen[cs]e|image_type|modality|manufacturer/;

function describeTelling({ by, share }: Telling, profile: ColumnProfile): string {
  if (typeof by === 'object')
    return `It is filled in for ${by.label} and for nothing else, or nearly so (${percent(share)}): ${describeValues(profile)}.`;
  if (by === 'coarser')
    return `It follows from the diagnosis, as a name for groups of diagnoses does: ${describeValues(profile)}.`;
  return `${by === 'presence' ? 'Whether it is filled in' : 'It'} tells the diagnosis in ${percent(share)} of the cases where guessing would be wrong: ${describeValues(profile)}.`;
}

/** A column of no role of its own: what it may be used for. */
function further(profile: ColumnProfile, labels: readonly string[]): Guess {
  const { name, filled, rows, distinct, numbers } = profile;
  if (filled === 0) return { role: 'left out', because: 'It is empty.' };
  const told = tellsLabel(profile, labels);
  if (told.share >= leakShare)
    return {
      role: 'never',
      tells: true,
      because: describeTelling(told, profile),
    };
  // Remarks on a diagnosis are made of it.
  if (soundsTelling(name) || profile.values.some(([value]) => /diagnos|label/i.test(value)))
    return {
      role: 'never',
      tells: true,
      because: `By its name, or by what stands in it, it says the answer or was made of it (${describeValues(profile)}).`,
    };
  if (distinct === 1)
    return {
      role: 'left out',
      because: `It is the same in every row that says something: ${describeValues(profile)}.`,
    };
  if (numbers < 0.95 && distinct > Math.max(30, filled / 5))
    return {
      role: 'left out',
      because: `It has ${count(distinct)} different texts in ${several(filled, 'row')}, as notes, names and addresses have.`,
    };
  if (groupsOfPatients.test(name))
    return { role: 'subgroup', because: `It tells patients, devices or sources apart: ${describeValues(profile)}.` };
  if (
    /(^|_)(id|nr|no|number|index|date|time|year|url|path|file|name|day)($|_)/.test(name) ||
    (numbers > 0.95 && distinct === rows)
  )
    return { role: 'left out', because: `It numbers, dates or names things: ${describeValues(profile, 2)}.` };
  const empty = rows - filled;
  return {
    role: 'input',
    because: `It ${numbers > 0.95 ? 'holds numbers' : `has ${count(distinct)} values`} that may be known before the diagnosis (${describeValues(profile)}${empty > 0 ? `; empty in ${several(empty, 'row')}` : ''}): check that it is.`,
  };
}

/** The beliefs as keys of a description. */
export function describeColumns(beliefs: readonly ColumnBelief[]): Partial<DatasetDescription> {
  const columnOf = (role: ColumnKey) => beliefs.find((belief) => belief.role === role)?.column;
  const columns = Object.fromEntries(
    beliefs.flatMap(({ column, role }) =>
      role === 'input' || role === 'subgroup' || role === 'never' ? [[column, role]] : [],
    ),
  );
  const split = columnOf('split');
  return {
    patient: columnOf('patient'),
    lesion: columnOf('lesion'),
    ...(split !== undefined && { split: { column: split } }),
    weight: columnOf('weight'),
    age: columnOf('age'),
    sex: columnOf('sex'),
    site: columnOf('site'),
    confirmed: columnOf('confirmed'),
    ...(Object.keys(columns).length > 0 && { columns }),
  };
}
