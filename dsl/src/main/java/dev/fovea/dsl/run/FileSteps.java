package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// The file operations that change what is on disk, one method each, so that a test can cut the power before any of
/// them.
public interface FileSteps {
    /// Makes a folder whose parent exists.
    void createDirectory(Path directory) throws IOException;

    /// Opens a new file for writing; fails if it exists.
    FileChannel create(Path file) throws IOException;

    /// Writes all remaining bytes at the channel's position.
    void write(FileChannel channel, ByteBuffer bytes) throws IOException;

    /// Makes the written bytes of a file survive a power cut.
    void force(FileChannel channel) throws IOException;

    /// Makes the names in a folder survive a power cut.
    void forceDirectory(Path directory) throws IOException;

    /// Renames within one file system in one indivisible step. A file may replace a file; a folder replaces
    /// nothing.
    void move(Path from, Path to) throws IOException;

    /// Deletes a file or an empty folder if it is there.
    void delete(Path path) throws IOException;

    /// The steps of the machine's own file system.
    static FileSteps real() {
        return new RealFileSteps();
    }
}
