import type { NewProjectDto, ProjectDto, RenameProjectDto } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { typedInto, useChange } from '../api/access.js';
import { answered, api, projectsQuery } from '../api/gateway-client.js';
import { Field, FormError } from '../ui/field.js';
import { dayOf } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
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
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    rename.mutate(typedInto<RenameProjectDto>(event.currentTarget));
  };
  if (renaming) {
    return (
      <li className="border-b border-line px-4 py-3 last:border-b-0">
        <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
          <div className="grow basis-56">
            <Field label={`New name of ${id}`} name="name" defaultValue={name} maxLength={100} required autoFocus />
          </div>
          <button type="submit" className="control control-main" data-track="project-rename-save" aria-disabled={rename.isPending}>
            Save
          </button>
          <button type="button" className="control" data-track="project-rename-cancel" onClick={() => setRenaming(false)}>
            Cancel
          </button>
          <FormError error={rename.error} />
        </form>
      </li>
    );
  }
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
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    add.mutate(typedInto<NewProjectDto>(form), { onSuccess: () => form.reset() });
  };
  return (
    <section aria-label="New project" className="card p-4">
      <h2 className="mb-3 text-[15px] font-semibold">New project</h2>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Name" name="name" maxLength={100} required placeholder="Web shop" />
        <Field
          label="Id"
          name="id"
          required
          placeholder="shop"
          pattern="[a-z][a-z0-9\-]{0,62}"
          hint="a-z, then a-z, 0-9 or -. It cannot be changed."
        />
        <FormError error={add.error} />
        <button type="submit" className="control control-main" data-track="project-make" aria-disabled={add.isPending}>
          Make project
        </button>
      </form>
    </section>
  );
}
