process.stdout.write('contracts\n');
