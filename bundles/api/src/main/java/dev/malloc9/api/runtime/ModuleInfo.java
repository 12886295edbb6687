package dev.malloc9.api.runtime;

import java.util.List;

/**
 * A bundle that owns memory types, or the kernel (struct linker_file).
 *
 * @param id the bundle
 * @param file the location that the bundle was loaded from; empty without a framework
 * @param bytes the bytes in use by all its types
 * @param types the names of its types, in the order of the manifest
 */
public record ModuleInfo(ModuleId id, String file, long bytes, List<String> types) {}
