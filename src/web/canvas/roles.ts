import {
  BookOpen,
  Bot,
  Code,
  Compass,
  FlaskConical,
  type LucideIcon,
  PenLine,
  Presentation,
  Search,
  SearchCheck,
} from 'lucide-react';

/** A role of agents, with what its card shows. */
export type Role = {
  readonly id: string;
  readonly name: string;
  readonly tagline: string;
  readonly icon: LucideIcon;
};

const custom: Role = { id: 'custom', name: 'Custom', tagline: 'Any other role', icon: Bot };

export const roles: readonly Role[] = [
  { id: 'researcher', name: 'Researcher', tagline: 'Investigate & discover', icon: Search },
  { id: 'architect', name: 'Architect', tagline: 'Design & plan', icon: Compass },
  { id: 'developer', name: 'Developer', tagline: 'Build & implement', icon: Code },
  { id: 'reviewer', name: 'Reviewer', tagline: 'Review & validate', icon: SearchCheck },
  { id: 'tester', name: 'Tester', tagline: 'Test & verify', icon: FlaskConical },
  { id: 'documenter', name: 'Documenter', tagline: 'Document & explain', icon: BookOpen },
  { id: 'blog-post-writer', name: 'Writer', tagline: 'Long-form drafting', icon: PenLine },
  {
    id: 'presentation-builder',
    name: 'Presenter',
    tagline: 'Slides & narratives',
    icon: Presentation,
  },
  custom,
];

/** The role with this id. A role that only the file has keeps its own name. */
export function roleOf(id: string): Role {
  return roles.find((role) => role.id === id) ?? { ...custom, id, name: id === '' ? 'Custom' : id };
}
