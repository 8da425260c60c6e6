// Written by npm run types.
export interface paths {
    "/admin/admins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may see and steer the hub. */
        get: operations["admin.admins"];
        put?: never;
        /** Add an admin. */
        post: operations["admin.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/admins/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an admin; its sessions end at once. */
        delete: operations["admin.delete"];
        options?: never;
        head?: never;
        /** Change the role or the password of an admin; a new password ends all sessions of it. A viewer may change its own password. */
        patch: operations["admin.change"];
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what, newest first. */
        get: operations["admin.audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commands to all devices and what became of them, the newest first. */
        get: operations["commands.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Devices, by filters and in an order. */
        get: operations["registration.devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/devices/{controller_id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a command to a connected device, as an admin. */
        post: operations["commands.send-as-admin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/devices/{controller_id}/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When a device was online, how that was known, and why it ended; the newest first. */
        get: operations["registration.presence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/devices/{controller_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a key by which known hardware gets new credentials once (a replaced SD card). */
        post: operations["registration.release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/devices/{controller_id}/sharing-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a token by which somebody gets access to a device, as an admin. */
        post: operations["sharing.create-as-admin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/enrolment-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Enrolment keys, without what they are. */
        get: operations["registration.keys"];
        put?: never;
        /** Make an enrolment key; it is shown this once. */
        post: operations["registration.make-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/enrolment-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End an enrolment key. */
        delete: operations["registration.delete-key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happens, as it happens. */
        get: operations["admin.events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/export/{list}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A whole list as one file, JSON or CSV, with the list's own filters. */
        get: operations["admin.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of all devices. */
        get: operations["file-transfer.all-files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has access to what, and from where. */
        get: operations["auth.all-grants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/import/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a key for each device of a file, for that hardware alone; the keys are shown this once. */
        post: operations["registration.import-fleet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Work on many things at once. */
        get: operations["admin.jobs"];
        put?: never;
        /** Do the same to many things; the answer names the job that does it. */
        post: operations["admin.create-job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job and what became of each of its rows. */
        get: operations["admin.job"];
        put?: never;
        post?: never;
        /** End a job; what it has done stays done. */
        delete: operations["admin.cancel-job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/menu": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pages that other plugins bring. */
        get: operations["admin.menu"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the hub is and does, in numbers. */
        get: operations["admin.overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pending-devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Devices that wait for approval. */
        get: operations["registration.pending"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pending-devices/{pending_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Turn a waiting device away, or take its approval back before it is used. */
        delete: operations["registration.deny"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pending-devices/{pending_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a waiting device register. */
        post: operations["registration.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plugins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plugins, what they provide and require, and their configuration without secrets. */
        get: operations["admin.plugins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plugins/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switch a plugin off, from the next start on. */
        post: operations["admin.disable-plugin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plugins/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switch a plugin on, from the next start on. */
        post: operations["admin.enable-plugin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/plugins/{id}/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace a plugin while the hub runs. */
        post: operations["admin.reload-plugin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is logged in, and the session's CSRF token. */
        get: operations["admin.session"];
        put?: never;
        /** Log in. */
        post: operations["admin.login"];
        /** Log out. */
        delete: operations["admin.logout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All sessions that live. */
        get: operations["admin.sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session; its streams end too. */
        delete: operations["admin.end-session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the first admin, or set a new password, with a one-time link. */
        post: operations["admin.setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/sharing-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens that were made for all devices, the newest first. */
        get: operations["sharing.all-tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API tokens; never their secrets. */
        get: operations["admin.tokens"];
        put?: never;
        /** Make an API token; it is shown this once. */
        post: operations["admin.create-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete an API token; it ends at once. */
        delete: operations["admin.delete-token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the secret of a second factor; it counts once confirmed. */
        post: operations["admin.begin-totp"];
        /** Log in without a second factor from now on. */
        delete: operations["admin.end-totp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm the second factor with its first code; the recovery codes are shown this once. */
        post: operations["admin.confirm-totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users. */
        get: operations["auth.all-users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a user, and take all access that it has. */
        delete: operations["auth.remove-user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker/emqx/authenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** EMQX asks: may this client connect? */
        post: operations["broker.emqx.authenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker/emqx/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** EMQX asks: may it publish or subscribe? */
        post: operations["broker.emqx.authorize"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker/rabbitmq/resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** RabbitMQ asks: may it use this queue or exchange? */
        post: operations["broker.rabbitmq.resource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker/rabbitmq/topic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** RabbitMQ asks: may it use this topic? */
        post: operations["broker.rabbitmq.topic"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker/rabbitmq/user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** RabbitMQ asks: may this client connect? */
        post: operations["broker.rabbitmq.user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/broker/rabbitmq/vhost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** RabbitMQ asks: may it use this virtual host? */
        post: operations["broker.rabbitmq.vhost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/commands/{command_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of a command. */
        get: operations["commands.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/commands/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a command to a connected device. */
        post: operations["commands.send"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/commands/status/{controller_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a device is there, and what it said last. */
        get: operations["commands.status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the hub knows of a device. */
        get: operations["registration.get"];
        put?: never;
        post?: never;
        /** Forget a device; its credentials die at once. */
        delete: operations["registration.delete"];
        options?: never;
        head?: never;
        /** Rename a device. */
        patch: operations["registration.update"];
        trace?: never;
    };
    "/devices/{controller_id}/access/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why a user may or may not, by which grant, window or rule; now or at another time. */
        get: operations["auth.explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what at a device, the newest first. */
        get: operations["commands.activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as it happens. */
        get: operations["commands.events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell that a device is alive. */
        post: operations["registration.heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/hold-open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Let nothing close a device for a time. */
        put: operations["commands.hold-open"];
        post?: never;
        /** End a hold-open. */
        delete: operations["commands.end-hold-open"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/lockdown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Let nothing move a device for a time, but for a stop. */
        put: operations["commands.lock-down"];
        post?: never;
        /** End a lockdown. */
        delete: operations["commands.end-lockdown"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say which level may do what at a device, and what it must have said before it moves. */
        put: operations["commands.set-policy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may do what at a device, and whether it is locked down or held open. */
        get: operations["commands.rules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has access to a device. */
        get: operations["auth.users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a user's access to a device. */
        delete: operations["auth.remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The visits to a device, the newest first. */
        get: operations["sharing.visits"];
        put?: never;
        /** Offer access for a visit: a token, what it gives and when it ends, as one. */
        post: operations["sharing.create-visit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/{controller_id}/visits/{visit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a visit: its token, and the access that came of it, within a second. */
        delete: operations["sharing.end-visit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/devices/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register a device, or tell that a known one has booted. */
        post: operations["registration.register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/downloads/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bytes of a file. */
        get: operations["file-transfer.download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{controller_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A device's files, newest first. */
        get: operations["file-transfer.list"];
        put?: never;
        /** Announce a file, and get a URL to upload it to. */
        post: operations["file-transfer.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{controller_id}/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file, and a fresh URL to it. */
        get: operations["file-transfer.get"];
        put?: never;
        post?: never;
        /** Delete a file. */
        delete: operations["file-transfer.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{controller_id}/{file_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed from another file to this one, by lines. */
        get: operations["file-transfer.diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{controller_id}/{file_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Offer a file to the device again: now, or when it connects. */
        post: operations["file-transfer.restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sharing/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a token by which somebody gets access to a device. */
        post: operations["sharing.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sharing/redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get the access that a token promises. */
        post: operations["sharing.redeem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sharing/tokens/{controller_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens that were made for a device. */
        get: operations["sharing.tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sharing/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a token, and with revoke_access the access that came of it. */
        delete: operations["sharing.revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sharing/tokens/{token_id}/qr": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A QR code of a token's share_url. */
        get: operations["sharing.qr"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sites that the calling user belongs to; all, for admins. */
        get: operations["auth.sites"];
        put?: never;
        /** Make a site: devices that belong together. The caller is its owner. */
        post: operations["auth.make-site"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{site_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a site, and all access that it gave. */
        delete: operations["auth.remove-site"];
        options?: never;
        head?: never;
        /** Rename a site. */
        patch: operations["auth.rename-site"];
        trace?: never;
    };
    "/sites/{site_id}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The devices of a site. */
        get: operations["auth.site-devices"];
        put?: never;
        /** Put a device into a site: its users have access to it. */
        post: operations["auth.add-site-device"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{site_id}/devices/{controller_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a device out of a site. */
        delete: operations["auth.remove-site-device"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{site_id}/hold-open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Let nothing close the devices of a site for a time. */
        put: operations["commands.hold-site-open"];
        post?: never;
        /** End the hold-opens of the devices of a site. */
        delete: operations["commands.end-site-hold-open"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{site_id}/lockdown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Let nothing move the devices of a site for a time, but for a stop. */
        put: operations["commands.lock-down-site"];
        post?: never;
        /** End the lockdowns of the devices of a site. */
        delete: operations["commands.end-site-lockdown"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{site_id}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The users of a site. */
        get: operations["auth.site-users"];
        put?: never;
        /** Give a user access to a site and its devices, or change that. */
        post: operations["auth.put-site-user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sites/{site_id}/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a user's access to a site and its devices; users may leave. */
        delete: operations["auth.remove-site-user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/uploads/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Upload a whole file at once. */
        put: operations["file-transfer.upload"];
        post?: never;
        /** Give an upload up (tus). */
        delete: operations["file-transfer.upload-terminate"];
        /** What of tus the hub speaks. */
        options: operations["file-transfer.upload-options"];
        /** How far an upload is (tus). */
        head: operations["file-transfer.upload-progress"];
        /** Append to an upload (tus). */
        patch: operations["file-transfer.upload-append"];
        trace?: never;
    };
    "/users/access/{controller_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the calling user may do with a device. */
        get: operations["auth.access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A device gives a user access to itself. */
        post: operations["auth.authorize"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The devices that the calling user has access to. */
        post: operations["auth.discover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The devices that the calling user has access to. */
        get: operations["auth.my-devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/mqtt-credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A name and a password for the broker. */
        post: operations["auth.mqtt-credentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            detail: string;
            errors?: {
                detail: string;
                pointer: string;
            }[];
            status: number;
            title: string;
            type: string;
        };
    };
    responses: {
        /** @description Bad Request */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Method Not Allowed */
        Problem405: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Gone */
        Problem410: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Length Required */
        Problem411: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Precondition Failed */
        Problem412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Content Too Large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported Media Type */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Range Not Satisfiable */
        Problem416: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Content */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests */
        Problem429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Checksum Mismatch */
        Problem460: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Internal Server Error */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Implemented */
        Problem501: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Gateway Timeout */
        Problem504: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Insufficient Storage */
        Problem507: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "admin.admins": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        admins: {
                            /** Format: date-time */
                            created_at: string;
                            last_login_at: string | null;
                            name: string;
                            role: string;
                            totp_enabled: boolean;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "admin.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    password: string;
                    /** @enum {string} */
                    role: "admin" | "viewer";
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        created_at: string;
                        last_login_at: string | null;
                        name: string;
                        role: string;
                        totp_enabled: boolean;
                    };
                };
            };
        };
    };
    "admin.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.change": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    current_password?: string;
                    password?: string;
                    /** @enum {string} */
                    role?: "admin" | "viewer";
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        created_at: string;
                        last_login_at: string | null;
                        name: string;
                        role: string;
                        totp_enabled: boolean;
                    };
                };
            };
        };
    };
    "admin.audit": {
        parameters: {
            query?: {
                action?: string;
                cursor?: number;
                from?: string;
                limit?: number;
                outcome?: string;
                target?: string;
                until?: string;
                who?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: {
                            action: string;
                            /** Format: date-time */
                            at: string;
                            detail: string;
                            id: number;
                            outcome: string;
                            peer: string;
                            request_id: string;
                            target: string;
                            who: string;
                            who_name: string;
                        }[];
                        next_cursor: string | null;
                    };
                    "text/csv": string;
                };
            };
        };
    };
    "commands.list": {
        parameters: {
            query?: {
                controller_id?: string;
                cursor?: string;
                from?: string;
                limit?: number;
                sender?: string;
                state?: "sent" | "delivered" | "acknowledged" | "failed" | "expired" | "moving" | "completed" | "reversed" | "merged";
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        commands: {
                            command: Record<string, unknown>;
                            command_id: string;
                            controller_id: string | null;
                            device_id: number;
                            gate_number: number;
                            result: Record<string, unknown> | null;
                            sender: string;
                            sender_name: string;
                            /** Format: date-time */
                            sent_at: string;
                            state: string;
                            /** Format: date-time */
                            updated_at: string;
                            verb: string;
                            via: string;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "registration.devices": {
        parameters: {
            query?: {
                cursor?: string;
                firmware?: string;
                limit?: number;
                offline_for_seconds?: number;
                online?: boolean;
                query?: string;
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            controller_id: string;
                            /** Format: date-time */
                            created_at: string;
                            device_name: string;
                            firmware_version: string;
                            hardware_id: string;
                            id: number;
                            is_online: boolean;
                            last_seen: string | null;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "commands.send-as-admin": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    command: Record<string, unknown>;
                    expect?: {
                        max_age_seconds?: number;
                        sequence?: number;
                        states?: string[];
                    };
                    idempotency_key?: string;
                    ttl_seconds?: number;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command_id: string;
                        /** Format: date-time */
                        expires_at: string;
                        merged: boolean;
                        message: string;
                        success: boolean;
                    };
                };
            };
        };
    };
    "registration.presence": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next_cursor: string | null;
                        sessions: {
                            ended_by: string | null;
                            /** Format: date-time */
                            from: string;
                            until: string | null;
                            via: string;
                        }[];
                    };
                };
            };
        };
    };
    "registration.release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    key_hash?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrolment_key: string | null;
                        /** Format: date-time */
                        expires_at: string;
                    };
                };
            };
        };
    };
    "sharing.create-as-admin": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    access_expires_in_hours?: number;
                    /** @enum {string} */
                    access_level?: "owner" | "engineer" | "readonly";
                    expires_in_hours?: number;
                    max_uses?: number;
                    notes?: string;
                    schedule?: {
                        except?: string[];
                        time_zone: string;
                        windows: {
                            days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                            from: string;
                            to: string;
                        }[];
                    };
                    valid_from?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        controller_id: string;
                        /** Format: date-time */
                        expires_at: string;
                        share_url: string;
                        token: string;
                        token_id: number;
                    };
                };
            };
        };
    };
    "registration.keys": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            controller_id: string | null;
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string;
                            hardware_id: string | null;
                            key_id: number;
                            max_uses: number;
                            name: string;
                            uses: number;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "registration.make-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    expires_in_hours?: number;
                    max_uses?: number;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enrolment_key: string;
                        /** Format: date-time */
                        expires_at: string;
                        key_id: number;
                    };
                };
            };
        };
    };
    "registration.delete-key": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    "admin.export": {
        parameters: {
            query?: {
                action?: string;
                controller_id?: string;
                firmware?: string;
                from?: string;
                kind?: string;
                level?: string;
                offline_for_seconds?: string;
                online?: string;
                outcome?: string;
                query?: string;
                sender?: string;
                sort?: string;
                source?: string;
                state?: string;
                target?: string;
                until?: string;
                user_id?: string;
                who?: string;
            };
            header?: never;
            path: {
                list: "devices" | "users" | "grants" | "commands" | "files" | "audit";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "text/csv": string;
                };
            };
        };
    };
    "file-transfer.all-files": {
        parameters: {
            query?: {
                controller_id?: string;
                cursor?: string;
                kind?: "config" | "log" | "firmware" | "other";
                limit?: number;
                sort?: string;
                state?: "uploading" | "complete";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        files: {
                            controller_id: string | null;
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            device_id: number;
                            file_id: number;
                            kind: string;
                            name: string;
                            sha256: string | null;
                            size: number;
                            state: string;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "auth.all-grants": {
        parameters: {
            query?: {
                controller_id?: string;
                cursor?: string;
                level?: "owner" | "engineer" | "readonly";
                limit?: number;
                source?: string;
                user_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        grants: {
                            access_level: string;
                            controller_id: string | null;
                            /** Format: date-time */
                            created_at: string;
                            device_id: number;
                            expires_at: string | null;
                            files: string[] | null;
                            max_uses: number | null;
                            name: string;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            source: string;
                            user_id: number;
                            uses: number | null;
                            valid_from: string | null;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "registration.import-fleet": {
        parameters: {
            query?: {
                dry_run?: boolean;
                expires_in_hours?: number;
                name?: string;
                replace?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            controller_id: string | null;
                            device_name: string;
                            enrolment_key: string | null;
                            hardware_id: string;
                            line: number;
                            replaces_key: boolean;
                        }[];
                        dry_run: boolean;
                        /** Format: date-time */
                        expires_at: string;
                    };
                    "text/csv": string;
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            controller_id: string | null;
                            device_name: string;
                            enrolment_key: string | null;
                            hardware_id: string;
                            line: number;
                            replaces_key: boolean;
                        }[];
                        dry_run: boolean;
                        /** Format: date-time */
                        expires_at: string;
                    };
                    "text/csv": string;
                };
            };
        };
    };
    "admin.jobs": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobs: {
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            done: number;
                            failed: number;
                            job_id: number;
                            kind: string;
                            state: string;
                            total: number;
                        }[];
                        next_cursor: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    "admin.create-job": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    items: string[];
                    kind: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        created_at: string;
                        created_by: string;
                        done: number;
                        failed: number;
                        job_id: number;
                        kind: string;
                        secrets: {
                            item: string;
                            secret: string;
                        }[] | null;
                        state: string;
                        total: number;
                    };
                };
            };
        };
    };
    "admin.job": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                job_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        job: {
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            done: number;
                            failed: number;
                            job_id: number;
                            kind: string;
                            state: string;
                            total: number;
                        };
                        next_cursor: string | null;
                        rows: {
                            detail: string;
                            item: string;
                            number: number;
                            state: string;
                        }[];
                    };
                };
            };
        };
    };
    "admin.cancel-job": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.menu": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: {
                            path: string;
                            title: string;
                        }[];
                    };
                };
            };
        };
    };
    "admin.overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        devices: {
                            online: number;
                            total: number;
                        } | null;
                        facts: Record<string, unknown>;
                        healthy: boolean;
                        metrics: Record<string, unknown>;
                        plugins: Record<string, unknown>;
                        ready: boolean;
                        /** Format: date-time */
                        started_at: string;
                        status: string;
                        version: string;
                    };
                };
            };
        };
    };
    "registration.pending": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next_cursor: string | null;
                        pending: {
                            controller_id: string;
                            device_name: string;
                            /** Format: date-time */
                            expires_at: string;
                            hardware_id: string;
                            peer: string;
                            pending_for_hardware: number;
                            pending_id: number;
                            /** Format: date-time */
                            requested_at: string;
                        }[];
                        total: number | null;
                    };
                };
            };
        };
    };
    "registration.deny": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pending_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registration.approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pending_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.plugins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        plugins: {
                            configuration: {
                                help: string;
                                is_default: boolean;
                                is_secret: boolean;
                                name: string;
                                source: string;
                                value: unknown;
                            }[];
                            detail: string;
                            enabled: boolean;
                            id: string;
                            provides: string[];
                            requires: string[];
                            state: string;
                            summary: string;
                            version: string;
                        }[];
                    };
                };
            };
        };
    };
    "admin.disable-plugin": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
        };
    };
    "admin.enable-plugin": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
        };
    };
    "admin.reload-plugin": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                    };
                };
            };
        };
    };
    "admin.session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        csrf_token: string | null;
                        expires_at: string | null;
                        name: string;
                        /** @enum {string} */
                        role: "admin" | "viewer";
                        totp_enabled: boolean;
                    };
                };
            };
        };
    };
    "admin.login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    password: string;
                    totp?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        csrf_token: string | null;
                        expires_at: string | null;
                        name: string;
                        /** @enum {string} */
                        role: "admin" | "viewer";
                        totp_enabled: boolean;
                    };
                };
            };
        };
    };
    "admin.logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.sessions": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next_cursor: string | null;
                        sessions: {
                            /** Format: date-time */
                            created_at: string;
                            /** Format: date-time */
                            expires_at: string;
                            is_current: boolean;
                            /** Format: date-time */
                            last_used_at: string;
                            name: string;
                            peer: string;
                            role: string;
                            session_id: number;
                        }[];
                        total: number | null;
                    };
                };
            };
        };
    };
    "admin.end-session": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    password: string;
                    setup_token: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        csrf_token: string | null;
                        expires_at: string | null;
                        name: string;
                        /** @enum {string} */
                        role: "admin" | "viewer";
                        totp_enabled: boolean;
                    };
                };
            };
        };
    };
    "sharing.all-tokens": {
        parameters: {
            query?: {
                controller_id?: string;
                cursor?: string;
                limit?: number;
                state?: "revoked" | "used" | "expired" | "open";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next_cursor: string | null;
                        tokens: {
                            access_level: string;
                            controller_id: string | null;
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            device_id: number;
                            ends_at: string | null;
                            /** Format: date-time */
                            expires_at: string;
                            files: string[] | null;
                            is_used: boolean;
                            max_uses: number | null;
                            notes: string;
                            revoked: boolean;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            token: string;
                            token_id: number;
                            used_by: number | null;
                            valid_from: string | null;
                        }[];
                        total: number | null;
                    };
                };
            };
        };
    };
    "admin.tokens": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next_cursor: string | null;
                        tokens: {
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            expires_at: string | null;
                            last_used_at: string | null;
                            name: string;
                            role: string;
                            token_id: number;
                        }[];
                        total: number | null;
                    };
                };
            };
        };
    };
    "admin.create-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expires_in_days?: number;
                    name: string;
                    /** @enum {string} */
                    role: "admin" | "viewer";
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        expires_at: string | null;
                        name: string;
                        role: string;
                        token: string;
                        token_id: number;
                    };
                };
            };
        };
    };
    "admin.delete-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.begin-totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret: string;
                        uri: string;
                    };
                };
            };
        };
    };
    "admin.end-totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "admin.confirm-totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recovery_codes: string[];
                    };
                };
            };
        };
    };
    "auth.all-users": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                query?: string;
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next_cursor: string | null;
                        total: number | null;
                        users: {
                            /** Format: date-time */
                            created_at: string;
                            devices: number;
                            last_seen: string | null;
                            names: string[];
                            user_id: number;
                        }[];
                    };
                };
            };
        };
    };
    "auth.remove-user": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "broker.emqx.authenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    action?: string;
                    clientid?: string;
                    password?: string;
                    retain?: string;
                    topic?: string;
                    username?: string;
                };
                "application/x-www-form-urlencoded": {
                    action?: string;
                    clientid?: string;
                    password?: string;
                    retain?: string;
                    topic?: string;
                    username?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    "broker.emqx.authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    action?: string;
                    clientid?: string;
                    password?: string;
                    retain?: string;
                    topic?: string;
                    username?: string;
                };
                "application/x-www-form-urlencoded": {
                    action?: string;
                    clientid?: string;
                    password?: string;
                    retain?: string;
                    topic?: string;
                    username?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    "broker.rabbitmq.resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
                "application/x-www-form-urlencoded": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    "broker.rabbitmq.topic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
                "application/x-www-form-urlencoded": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    "broker.rabbitmq.user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
                "application/x-www-form-urlencoded": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    "broker.rabbitmq.vhost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
                "application/x-www-form-urlencoded": {
                    client_id?: string;
                    name?: string;
                    password?: string;
                    permission?: string;
                    resource?: string;
                    routing_key?: string;
                    username?: string;
                    vhost?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    "commands.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        acknowledged_at: string | null;
                        command_id: string;
                        completed_at: string | null;
                        delivered_at: string | null;
                        gate_number: number;
                        moving_at: string | null;
                        result: Record<string, unknown> | null;
                        /** Format: date-time */
                        sent_at: string;
                        state: string;
                        /** Format: date-time */
                        updated_at: string;
                        verb: string;
                    };
                };
            };
        };
    };
    "commands.send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    command: Record<string, unknown>;
                    controller_id: string;
                    expect?: {
                        max_age_seconds?: number;
                        sequence?: number;
                        states?: string[];
                    };
                    idempotency_key?: string;
                    ttl_seconds?: number;
                    user_token?: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command_id: string;
                        /** Format: date-time */
                        expires_at: string;
                        merged: boolean;
                        message: string;
                        success: boolean;
                    };
                };
            };
        };
    };
    "commands.status": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        controller_id: string;
                        firmware_version: string;
                        is_online: boolean;
                        last_seen: string | null;
                        sequence: number | null;
                        status: Record<string, unknown> | null;
                        status_at: string | null;
                    };
                };
            };
        };
    };
    "registration.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        controller_id: string;
                        /** Format: date-time */
                        created_at: string;
                        device_name: string;
                        firmware_version: string;
                        hardware_id: string;
                        id: number;
                        is_online: boolean;
                        last_seen: string | null;
                    };
                };
            };
        };
    };
    "registration.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registration.update": {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
            };
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    device_name?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        controller_id: string;
                        /** Format: date-time */
                        created_at: string;
                        device_name: string;
                        firmware_version: string;
                        hardware_id: string;
                        id: number;
                        is_online: boolean;
                        last_seen: string | null;
                    };
                };
            };
        };
    };
    "auth.explain": {
        parameters: {
            query?: {
                at?: string;
                user?: number;
                verb?: "open" | "close" | "stop" | "partial" | "toggle" | "other";
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string | null;
                        allowed: boolean;
                        /** Format: date-time */
                        at: string;
                        grants: {
                            access_level: string;
                            changes_at: string | null;
                            /** Format: date-time */
                            created_at: string;
                            expires_at: string | null;
                            files: string[] | null;
                            is_open: boolean;
                            max_uses: number | null;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            source: string;
                            uses: number | null;
                            valid_from: string | null;
                            why: string;
                        }[];
                        rule: string | null;
                        source: string | null;
                        user_id: number;
                        verb: string | null;
                        why: string;
                    };
                };
            };
        };
    };
    "commands.activity": {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: {
                            /** Format: date-time */
                            at: string;
                            command_id: string;
                            gate_number: number;
                            name: string;
                            state: string;
                            /** Format: date-time */
                            updated_at: string;
                            verb: string;
                            via: string;
                            who: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    "commands.events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    "registration.heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        last_seen: string;
                        status: string;
                    };
                };
            };
        };
    };
    "commands.hold-open": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                    until: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hold_open: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        lockdown: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        policy: {
                            conditions: {
                                equals: string | number | boolean | null;
                                max_age_seconds: number | null;
                                pointer: string;
                                verbs: ("open" | "close" | "partial" | "toggle" | "other")[] | null;
                            }[] | null;
                            emergency_level: ("engineer" | "owner") | null;
                            verbs: {
                                close: ("engineer" | "owner" | "nobody") | null;
                                open: ("engineer" | "owner" | "nobody") | null;
                                other: ("engineer" | "owner" | "nobody") | null;
                                partial: ("engineer" | "owner" | "nobody") | null;
                                toggle: ("engineer" | "owner" | "nobody") | null;
                            } | null;
                        };
                    };
                };
            };
        };
    };
    "commands.end-hold-open": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hold_open: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        lockdown: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        policy: {
                            conditions: {
                                equals: string | number | boolean | null;
                                max_age_seconds: number | null;
                                pointer: string;
                                verbs: ("open" | "close" | "partial" | "toggle" | "other")[] | null;
                            }[] | null;
                            emergency_level: ("engineer" | "owner") | null;
                            verbs: {
                                close: ("engineer" | "owner" | "nobody") | null;
                                open: ("engineer" | "owner" | "nobody") | null;
                                other: ("engineer" | "owner" | "nobody") | null;
                                partial: ("engineer" | "owner" | "nobody") | null;
                                toggle: ("engineer" | "owner" | "nobody") | null;
                            } | null;
                        };
                    };
                };
            };
        };
    };
    "commands.lock-down": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                    until: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hold_open: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        lockdown: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        policy: {
                            conditions: {
                                equals: string | number | boolean | null;
                                max_age_seconds: number | null;
                                pointer: string;
                                verbs: ("open" | "close" | "partial" | "toggle" | "other")[] | null;
                            }[] | null;
                            emergency_level: ("engineer" | "owner") | null;
                            verbs: {
                                close: ("engineer" | "owner" | "nobody") | null;
                                open: ("engineer" | "owner" | "nobody") | null;
                                other: ("engineer" | "owner" | "nobody") | null;
                                partial: ("engineer" | "owner" | "nobody") | null;
                                toggle: ("engineer" | "owner" | "nobody") | null;
                            } | null;
                        };
                    };
                };
            };
        };
    };
    "commands.end-lockdown": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hold_open: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        lockdown: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        policy: {
                            conditions: {
                                equals: string | number | boolean | null;
                                max_age_seconds: number | null;
                                pointer: string;
                                verbs: ("open" | "close" | "partial" | "toggle" | "other")[] | null;
                            }[] | null;
                            emergency_level: ("engineer" | "owner") | null;
                            verbs: {
                                close: ("engineer" | "owner" | "nobody") | null;
                                open: ("engineer" | "owner" | "nobody") | null;
                                other: ("engineer" | "owner" | "nobody") | null;
                                partial: ("engineer" | "owner" | "nobody") | null;
                                toggle: ("engineer" | "owner" | "nobody") | null;
                            } | null;
                        };
                    };
                };
            };
        };
    };
    "commands.set-policy": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    conditions?: {
                        equals: string | number | boolean | null;
                        max_age_seconds?: number;
                        pointer: string;
                        verbs?: ("open" | "close" | "partial" | "toggle" | "other")[];
                    }[];
                    /** @enum {string} */
                    emergency_level?: "engineer" | "owner";
                    verbs?: {
                        /** @enum {string} */
                        close?: "engineer" | "owner" | "nobody";
                        /** @enum {string} */
                        open?: "engineer" | "owner" | "nobody";
                        /** @enum {string} */
                        other?: "engineer" | "owner" | "nobody";
                        /** @enum {string} */
                        partial?: "engineer" | "owner" | "nobody";
                        /** @enum {string} */
                        toggle?: "engineer" | "owner" | "nobody";
                    };
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hold_open: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        lockdown: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        policy: {
                            conditions: {
                                equals: string | number | boolean | null;
                                max_age_seconds: number | null;
                                pointer: string;
                                verbs: ("open" | "close" | "partial" | "toggle" | "other")[] | null;
                            }[] | null;
                            emergency_level: ("engineer" | "owner") | null;
                            verbs: {
                                close: ("engineer" | "owner" | "nobody") | null;
                                open: ("engineer" | "owner" | "nobody") | null;
                                other: ("engineer" | "owner" | "nobody") | null;
                                partial: ("engineer" | "owner" | "nobody") | null;
                                toggle: ("engineer" | "owner" | "nobody") | null;
                            } | null;
                        };
                    };
                };
            };
        };
    };
    "commands.rules": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        hold_open: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        lockdown: {
                            reason: string;
                            /** Format: date-time */
                            set_at: string;
                            set_by: string;
                            set_by_name: string;
                            /** Format: date-time */
                            until: string;
                        } | null;
                        policy: {
                            conditions: {
                                equals: string | number | boolean | null;
                                max_age_seconds: number | null;
                                pointer: string;
                                verbs: ("open" | "close" | "partial" | "toggle" | "other")[] | null;
                            }[] | null;
                            emergency_level: ("engineer" | "owner") | null;
                            verbs: {
                                close: ("engineer" | "owner" | "nobody") | null;
                                open: ("engineer" | "owner" | "nobody") | null;
                                other: ("engineer" | "owner" | "nobody") | null;
                                partial: ("engineer" | "owner" | "nobody") | null;
                                toggle: ("engineer" | "owner" | "nobody") | null;
                            } | null;
                        };
                    };
                };
            };
        };
    };
    "auth.users": {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next: number | null;
                        users: {
                            access_level: string;
                            /** Format: date-time */
                            created_at: string;
                            expires_at: string | null;
                            files: string[] | null;
                            is_open: boolean;
                            last_seen: string | null;
                            max_uses: number | null;
                            name: string;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            source: string;
                            user_id: number;
                            uses: number | null;
                            valid_from: string | null;
                        }[];
                    };
                };
            };
        };
    };
    "auth.remove": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "sharing.visits": {
        parameters: {
            query?: {
                before?: number;
                limit?: number;
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next: number | null;
                        visits: {
                            access_level: string;
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            /** Format: date-time */
                            ends_at: string;
                            files: string[] | null;
                            max_uses: number | null;
                            notes: string;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            /** @enum {string} */
                            state: "revoked" | "ended" | "offered" | "planned" | "active";
                            taken_up_at: string | null;
                            valid_from: string | null;
                            visit_id: number;
                            visitor: number | null;
                        }[];
                    };
                };
            };
        };
    };
    "sharing.create-visit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    access_level?: "engineer" | "readonly";
                    ends_at: string;
                    files?: ("config" | "log" | "firmware" | "other")[];
                    max_uses?: number;
                    notes?: string;
                    schedule?: {
                        except?: string[];
                        time_zone: string;
                        windows: {
                            days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                            from: string;
                            to: string;
                        }[];
                    };
                    valid_from?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        controller_id: string;
                        /** Format: date-time */
                        ends_at: string;
                        share_url: string;
                        token: string;
                        visit_id: number;
                    };
                };
            };
        };
    };
    "sharing.end-visit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
                visit_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "registration.register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    claim_token?: string;
                    controller_id: string;
                    device_name?: string;
                    enrolment_key?: string;
                    firmware_version?: string;
                    hardware_id: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        claim_token: string | null;
                        controller_id: string;
                        device_id: number | null;
                        device_token: string | null;
                        message: string;
                        mqtt_broker_host: string | null;
                        mqtt_broker_port: number | null;
                        mqtt_password: string | null;
                        mqtt_tls: boolean | null;
                        mqtt_topic_commands: string | null;
                        mqtt_topic_status: string | null;
                        mqtt_username: string | null;
                    };
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        claim_token: string | null;
                        controller_id: string;
                        device_id: number | null;
                        device_token: string | null;
                        message: string;
                        mqtt_broker_host: string | null;
                        mqtt_broker_port: number | null;
                        mqtt_password: string | null;
                        mqtt_tls: boolean | null;
                        mqtt_topic_commands: string | null;
                        mqtt_topic_status: string | null;
                        mqtt_username: string | null;
                    };
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        claim_token: string | null;
                        controller_id: string;
                        device_id: number | null;
                        device_token: string | null;
                        message: string;
                        mqtt_broker_host: string | null;
                        mqtt_broker_port: number | null;
                        mqtt_password: string | null;
                        mqtt_tls: boolean | null;
                        mqtt_topic_commands: string | null;
                        mqtt_topic_status: string | null;
                        mqtt_username: string | null;
                    };
                };
            };
        };
    };
    "file-transfer.download": {
        parameters: {
            query?: {
                expires?: string;
                holder?: string;
                key?: string;
                signature?: string;
                tus_resumable?: string;
                upload_checksum?: string;
                upload_offset?: string;
            };
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    "file-transfer.list": {
        parameters: {
            query?: {
                before?: number;
                kind?: "config" | "log" | "firmware" | "other";
                limit?: number;
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        files: {
                            /** Format: date-time */
                            created_at: string;
                            created_by: string;
                            file_id: number;
                            kind: string;
                            name: string;
                            sha256: string | null;
                            size: number;
                            state: string;
                        }[];
                        next: number | null;
                    };
                };
            };
        };
    };
    "file-transfer.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "config" | "log" | "firmware" | "other";
                    name: string;
                    sha256?: string;
                    size: number;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at: string;
                        file_id: number;
                        upload_url: string;
                    };
                };
            };
        };
    };
    "file-transfer.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
                file_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        created_at: string;
                        created_by: string;
                        download_url: string | null;
                        /** Format: date-time */
                        expires_at: string;
                        file_id: number;
                        kind: string;
                        name: string;
                        sha256: string | null;
                        size: number;
                        state: string;
                        upload_url: string | null;
                    };
                };
            };
        };
    };
    "file-transfer.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
                file_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "file-transfer.diff": {
        parameters: {
            query: {
                with: number;
            };
            header?: never;
            path: {
                controller_id: string;
                file_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        diff: string;
                        from: number;
                        is_same: boolean;
                        to: number;
                    };
                };
            };
        };
    };
    "file-transfer.restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
                file_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        success: boolean;
                    };
                };
            };
        };
    };
    "sharing.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    access_expires_in_hours?: number;
                    /** @enum {string} */
                    access_level?: "owner" | "engineer" | "readonly";
                    controller_id: string;
                    expires_in_hours?: number;
                    max_uses?: number;
                    notes?: string;
                    schedule?: {
                        except?: string[];
                        time_zone: string;
                        windows: {
                            days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                            from: string;
                            to: string;
                        }[];
                    };
                    user_token?: string;
                    valid_from?: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        controller_id: string;
                        /** Format: date-time */
                        expires_at: string;
                        share_url: string;
                        token: string;
                        token_id: number;
                    };
                };
            };
        };
    };
    "sharing.redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    user_token?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string;
                        device_info: {
                            controller_id: string;
                            device_name: string;
                            firmware_version: string;
                            id: number;
                            is_online: boolean;
                        };
                        expires_at: string | null;
                        message: string;
                        opens_at: string | null;
                        success: boolean;
                    };
                };
            };
        };
    };
    "sharing.tokens": {
        parameters: {
            query?: {
                before?: number;
                limit?: number;
            };
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next: number | null;
                        tokens: {
                            access_level: string;
                            /** Format: date-time */
                            created_at: string;
                            ends_at: string | null;
                            /** Format: date-time */
                            expires_at: string;
                            files: string[] | null;
                            is_used: boolean;
                            max_uses: number | null;
                            notes: string;
                            revoked: boolean;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            token: string;
                            token_id: number;
                            used_by: number | null;
                            valid_from: string | null;
                        }[];
                    };
                };
            };
        };
    };
    "sharing.revoke": {
        parameters: {
            query?: {
                revoke_access?: boolean;
            };
            header?: never;
            path: {
                token_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "sharing.qr": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                    "image/svg+xml": string;
                };
            };
        };
    };
    "auth.sites": {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        next: number | null;
                        sites: {
                            access_level: string;
                            /** Format: date-time */
                            created_at: string;
                            devices: number;
                            name: string;
                            site_id: number;
                        }[];
                    };
                };
            };
        };
    };
    "auth.make-site": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string;
                        /** Format: date-time */
                        created_at: string;
                        devices: number;
                        name: string;
                        site_id: number;
                    };
                };
            };
        };
    };
    "auth.remove-site": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "auth.rename-site": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string;
                        /** Format: date-time */
                        created_at: string;
                        devices: number;
                        name: string;
                        site_id: number;
                    };
                };
            };
        };
    };
    "auth.site-devices": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            controller_id: string;
                            device_name: string;
                            id: number;
                            is_online: boolean;
                        }[];
                    };
                };
            };
        };
    };
    "auth.add-site-device": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    controller_id: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            controller_id: string;
                            device_name: string;
                            id: number;
                            is_online: boolean;
                        }[];
                    };
                };
            };
        };
    };
    "auth.remove-site-device": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "commands.hold-site-open": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                    until: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: number;
                        site_id: number;
                        until: string | null;
                    };
                };
            };
        };
    };
    "commands.end-site-hold-open": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: number;
                        site_id: number;
                        until: string | null;
                    };
                };
            };
        };
    };
    "commands.lock-down-site": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                    until: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: number;
                        site_id: number;
                        until: string | null;
                    };
                };
            };
        };
    };
    "commands.end-site-lockdown": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: number;
                        site_id: number;
                        until: string | null;
                    };
                };
            };
        };
    };
    "auth.site-users": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        users: {
                            access_level: string;
                            /** Format: date-time */
                            created_at: string;
                            expires_at: string | null;
                            is_open: boolean;
                            name: string;
                            schedule: {
                                except: string[] | null;
                                time_zone: string;
                                windows: {
                                    days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                    from: string;
                                    to: string;
                                }[];
                            } | null;
                            user_id: number;
                            valid_from: string | null;
                        }[];
                    };
                };
            };
        };
    };
    "auth.put-site-user": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    access_level?: "owner" | "engineer" | "readonly";
                    expires_in_hours?: number;
                    name?: string;
                    schedule?: {
                        except?: string[];
                        time_zone: string;
                        windows: {
                            days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                            from: string;
                            to: string;
                        }[];
                    };
                    user_id?: number;
                    user_token?: string;
                    valid_from?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string;
                        /** Format: date-time */
                        created_at: string;
                        expires_at: string | null;
                        is_open: boolean;
                        name: string;
                        schedule: {
                            except: string[] | null;
                            time_zone: string;
                            windows: {
                                days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                from: string;
                                to: string;
                            }[];
                        } | null;
                        user_id: number;
                        valid_from: string | null;
                    };
                };
            };
        };
    };
    "auth.remove-site-user": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: number;
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "file-transfer.upload": {
        parameters: {
            query?: {
                expires?: string;
                holder?: string;
                key?: string;
                signature?: string;
            };
            header?: {
                "Tus-Resumable"?: string;
                "Upload-Checksum"?: string;
                "Upload-Offset"?: string;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "file-transfer.upload-terminate": {
        parameters: {
            query?: {
                expires?: string;
                holder?: string;
                key?: string;
                signature?: string;
            };
            header?: {
                "Tus-Resumable"?: string;
                "Upload-Checksum"?: string;
                "Upload-Offset"?: string;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "file-transfer.upload-options": {
        parameters: {
            query?: {
                expires?: string;
                holder?: string;
                key?: string;
                signature?: string;
            };
            header?: {
                "Tus-Resumable"?: string;
                "Upload-Checksum"?: string;
                "Upload-Offset"?: string;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "file-transfer.upload-progress": {
        parameters: {
            query?: {
                expires?: string;
                holder?: string;
                key?: string;
                signature?: string;
            };
            header?: {
                "Tus-Resumable"?: string;
                "Upload-Checksum"?: string;
                "Upload-Offset"?: string;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    "file-transfer.upload-append": {
        parameters: {
            query?: {
                expires?: string;
                holder?: string;
                key?: string;
                signature?: string;
            };
            header?: {
                "Tus-Resumable"?: string;
                "Upload-Checksum"?: string;
                "Upload-Offset"?: string;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "auth.access": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                controller_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string | null;
                        expires_at: string | null;
                        has_access: boolean;
                        open_until: string | null;
                        opens_at: string | null;
                        uses_left: number | null;
                    };
                };
            };
        };
    };
    "auth.authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    access_level?: "owner" | "engineer" | "readonly";
                    controller_id?: string;
                    expires_in_hours?: number;
                    max_uses?: number;
                    name?: string;
                    schedule?: {
                        except?: string[];
                        time_zone: string;
                        windows: {
                            days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                            from: string;
                            to: string;
                        }[];
                    };
                    user_token: string;
                    valid_from?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_level: string;
                        expires_at: string | null;
                        max_uses: number | null;
                        message: string;
                        schedule: {
                            except: string[] | null;
                            time_zone: string;
                            windows: {
                                days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
                                from: string;
                                to: string;
                            }[];
                        } | null;
                        success: boolean;
                        user_id: number;
                        uses: number | null;
                        valid_from: string | null;
                    };
                };
            };
        };
    };
    "auth.discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    after?: number;
                    limit?: number;
                    user_token?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            access_level: string;
                            controller_id: string;
                            /** Format: date-time */
                            created_at: string;
                            device_name: string;
                            expires_at: string | null;
                            firmware_version: string;
                            hardware_id: string;
                            id: number;
                            is_online: boolean;
                            last_seen: string | null;
                        }[];
                        next: number | null;
                    };
                };
            };
        };
    };
    "auth.my-devices": {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            access_level: string;
                            controller_id: string;
                            /** Format: date-time */
                            created_at: string;
                            device_name: string;
                            expires_at: string | null;
                            firmware_version: string;
                            hardware_id: string;
                            id: number;
                            is_online: boolean;
                            last_seen: string | null;
                        }[];
                        next: number | null;
                    };
                };
            };
        };
    };
    "auth.mqtt-credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    user_token?: string;
                };
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires_at: string;
                        mqtt_broker_host: string | null;
                        mqtt_broker_port: number | null;
                        mqtt_password: string;
                        mqtt_tls: boolean | null;
                        mqtt_username: string;
                        mqtt_websocket_url: string | null;
                    };
                };
            };
        };
    };
}
