// Only there so that the precompiled header of the plugins has a target to belong to.
