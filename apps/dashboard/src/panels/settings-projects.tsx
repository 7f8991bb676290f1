import type { NewProjectDto, ProjectDto, RenameProjectDto } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../api/access.js';
import { answered, api, projectsQuery } from '../api/gateway-client.js';
import { Field } from '../ui/field.js';
import { dayOf } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { RenameRow } from '../ui/rename-row.js';
import { SettingsForm } from '../ui/settings-form.js';
import { SettingsList, SettingsRow } from '../ui/settings-list.js';

/** The projects there are; an administrator may make and rename them. */
export function SettingsProjects({ mayChange }: { mayChange: boolean }) {
  const query = useQuery(projectsQuery);
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-3">
      <Panel
        title="Projects"
        note="events of each are kept apart"
        className="lg:col-span-2"
        query={query}
        skeleton={<RowsSkeleton rows={3} height={48} />}
      >
        {(projects) => (
          <SettingsList>
            {projects.map((project) => (
              <ProjectRow key={project.id} project={project} mayChange={mayChange} />
            ))}
          </SettingsList>
        )}
      </Panel>
      {mayChange && <NewProject />}
    </div>
  );
}

function ProjectRow({ project: { id, name, createdAt }, mayChange }: { project: ProjectDto; mayChange: boolean }) {
  const [renaming, setRenaming] = useState(false);
  const renameTo = (body: RenameProjectDto) =>
    answered(api.PATCH('/api/v1/projects/{project}', { params: { path: { project: id } }, body }));
  const rename = useChange(projectsQuery.queryKey, renameTo, () => setRenaming(false));
  if (renaming) return <RenameRow what={id} name={name} track="project-rename" change={rename} onCancel={() => setRenaming(false)} />;
  return (
    <SettingsRow
      title={<span className="font-medium">{name}</span>}
      facts={[id, `made ${dayOf(Date.parse(createdAt))}`]}
      actions={
        mayChange && (
          <>
            <Link to="/settings" search={{ tab: 'keys', project: id }} id={`keys-of-${id}`} className="control h-8 text-[13px]">
              Keys
            </Link>
            <button type="button" className="control h-8 text-[13px]" data-track="project-rename" onClick={() => setRenaming(true)}>
              Rename
            </button>
          </>
        )
      }
    />
  );
}

function NewProject() {
  const add = useChange(projectsQuery.queryKey, (body: NewProjectDto) => answered(api.POST('/api/v1/projects', { body })));
  return (
    <SettingsForm title="New project" words="Make project" track="project-make" change={add}>
      <Field label="Name" name="name" maxLength={100} required placeholder="Web shop" />
      <Field
        label="Id"
        name="id"
        required
        placeholder="shop"
        pattern="[a-z][a-z0-9\-]{0,62}"
        hint="a-z, then a-z, 0-9 or -. It cannot be changed."
      />
    </SettingsForm>
  );
}
