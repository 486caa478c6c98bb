package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// File steps of which one fails, and perhaps all after it, as when the process is killed or the disk is full.
final class BrokenSteps implements FileSteps {
    private final FileSteps real = FileSteps.real();
    private final int failing;
    private final boolean forGood;
    private final String message;
    private int done;

    /// @param failing number of the first failing step, from 0
    /// @param forGood whether all later steps fail too
    /// @param message what the file system says
    BrokenSteps(int failing, boolean forGood, String message) {
        this.failing = failing;
        this.forGood = forGood;
        this.message = message;
    }

    int done() {
        return done;
    }

    private boolean fails() {
        int step = done++;
        return step == failing || forGood && step > failing;
    }

    private void check() throws IOException {
        if (fails()) {
            throw new IOException(message);
        }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        check();
        real.createDirectory(directory);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        check();
        return real.create(file);
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        if (fails()) {
            ByteBuffer half = bytes.duplicate();
            half.limit(bytes.position() + bytes.remaining() / 2);
            real.write(channel, half);
            throw new IOException(message);
        }
        real.write(channel, bytes);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
        check();
        real.force(channel);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        check();
        real.forceDirectory(directory);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        check();
        real.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        check();
        real.delete(path);
    }
}
